extension PanelAssembly {
  static func dropDuplicates(
    _ tables: inout [FileTable], _ axes: PanelAxes, cells: Int, options: ImportOptions
  ) throws(ImportError) {
    var taken = [Bool](repeating: false, count: cells)
    for file in tables.indices {
      var repeated: [FileTable.LateRow] = []
      let column = tables[file].dialect.roles.firstIndex(of: .time) ?? 0
      for (index, block) in tables[file].blocks.enumerated() {
        for row in 0..<block.count {
          let cell = Int(block.places[row])
          if taken[cell] {
            repeated.append(
              FileTable.LateRow(block: index, row: row, rule: .duplicate, columnIndex: column))
          } else {
            taken[cell] = true
          }
        }
      }
      if repeated.isEmpty { continue }
      explain(&repeated, in: file, tables, axes)
      tables[file].remove(repeated)
      try tables[file].check(options)
      if tables[file].rowCount == 0 { throw .nothingToImport(path: tables[file].path) }
    }
  }

  /// Says where the row stands that a repeated row repeats.
  private static func explain(
    _ repeated: inout [FileTable.LateRow], in file: Int, _ tables: [FileTable], _ axes: PanelAxes
  ) {
    let blocks = tables[file].blocks
    let told = repeated.prefix(FileTable.badRowsKept).map { Int(blocks[$0.block].places[$0.row]) }
    var places: [Int: String] = [:]
    let wanted = Set(told)
    for earlier in 0...file {
      for block in tables[earlier].blocks {
        for row in 0..<block.count {
          let cell = Int(block.places[row])
          if !wanted.contains(cell) || places[cell] != nil { continue }
          let line = "line \(block.line(row))"
          places[cell] = earlier == file ? line : "\(tables[earlier].path) \(line)"
        }
      }
    }
    let width = axes.symbols.count
    for (index, cell) in told.enumerated() {
      let time = TimeParser.format(axes.times[cell / width])
      repeated[index].reason =
        "\(axes.symbols[cell % width].symbol) at \(time) stands already in \(places[cell] ?? "")"
    }
  }
}
