import Books
import Market
import Simulation

/// The costs of a spec on the bars of a challenge.
struct PanelCosts: ChallengeCosts {
  private let commission: Commission
  private let slippage: Slippage
  private let financing: Financing
  private let tick: Double
  private let panel: PricePanel
  private let columns: [Int]
  private let firstBar: Int
  private let volume, bid, ask: Int?

  init(_ rules: ExecutionRules, _ panel: PricePanel, _ columns: [Int], _ bars: Range<Int>) {
    commission = rules.commission
    slippage = rules.slippage
    financing = rules.financing
    tick = rules.tick
    self.panel = panel
    self.columns = columns
    firstBar = bars.lowerBound
    volume = panel.fieldIndex("volume")
    bid = panel.fieldIndex("bid")
    ask = panel.fieldIndex("ask")
  }

  func fillPrice(units: Double, price: Double, bar: Int, column: Int) -> Double {
    var known = Slippage.Bar()
    if slippage.readsBar {
      func value(_ field: Int?) -> Double {
        field.map { panel.value(field: $0, bar: firstBar + bar, symbol: columns[column]) } ?? .nan
      }
      known.tick = tick
      known.volume = value(volume)
      known.bid = value(bid)
      known.ask = value(ask)
    }
    return slippage.fillPrice(units: units, price: price, bar: known)
  }

  func commission(units: Double, price: Double) -> Double {
    commission.charge(units: units, price: price)
  }

  func affordable(budget: Double, price: Double) -> Double {
    commission.affordable(budget: budget, price: price)
  }

  func interest(cash: Double, elapsedNs: Int64) -> Double {
    financing.interest(cash: cash, elapsedNs: elapsedNs)
  }

  func borrow(shortValue: Double, elapsedNs: Int64) -> Double {
    financing.borrow(shortValue: shortValue, elapsedNs: elapsedNs)
  }
}
