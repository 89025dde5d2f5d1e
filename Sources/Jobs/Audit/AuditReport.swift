/// What an audit looked at and what it found.
public struct AuditReport: Sendable, Equatable {
  /// A question that an audit asks.
  public enum Question: String, Sendable, CaseIterable, Codable {
    /// Does an order change when the bars after it are taken away?
    case prefix
    /// Does an order change when the bars after it are others?
    case poison
    /// Does the value of an account differ from its cash and its positions at their marks?
    case value
    /// Does the change of cash differ from fills, commissions, dividends, financing and flows?
    case cash
    /// Does a fill lie outside its bar, before slippage?
    case fillRange = "fill_range"
    /// Is a fill at a bar without a price?
    case staleFill = "stale_fill"
    /// Is an order given while the strategy is warming?
    case warmUp = "warm_up"
    /// Does a lane alone differ from the same lane in a sweep?
    case replay
    /// Does a field know the return of the bar after the one at which it is seen?
    case scores

    /// What is asked, for people.
    public var text: String {
      switch self {
      case .prefix: "orders stay when later bars are taken away"
      case .poison: "orders stay when later bars are others"
      case .value: "equity is cash and positions at their marks"
      case .cash: "cash changes by fills, costs, dividends and flows alone"
      case .fillRange: "fills lie within their bars, before slippage"
      case .staleFill: "no fill at a bar without a price"
      case .warmUp: "no order while the strategy warms up"
      case .replay: "a lane alone is the same as in a sweep"
      case .scores: "no field knows the next return"
      }
    }
  }

  /// Something that should not be.
  public struct Finding: Sendable, Equatable, Codable {
    /// The lane; nil for what concerns all of them.
    public var lane: Int?
    /// When, as text; empty for what has no time.
    public var time: String
    /// What was found.
    public var what: String
  }

  /// The answer to a question.
  public struct Answer: Sendable, Equatable {
    /// The question.
    public var question: Question
    /// How many things were looked at.
    public var checked = 0
    /// Number of findings.
    public var count = 0
    /// The first of them.
    public var first: [Finding] = []

    /// Most findings that are told one by one.
    static let shown = 20

    mutating func add(_ finding: Finding) {
      count += 1
      if first.count < Self.shown { first.append(finding) }
    }

    mutating func add(_ other: Answer) {
      checked += other.checked
      count += other.count
      first = Array((first + other.first).prefix(Self.shown))
    }
  }

  /// Answers, in the order of the questions.
  public var answers: [Answer] = Question.allCases.map { Answer(question: $0) }
  /// Lanes that were looked at, of how many.
  public var lanes = 0, laneCount = 0
  /// Instants after which the future was taken away or poisoned, as text.
  public var cuts: [String] = []
  /// Fills that were looked at.
  public var fills = 0
  /// Fills at bars without any volume: possible, and hardly what a market grants.
  public var fillsWithoutVolume = 0
  /// Most bars that a lane spent warming.
  public var warmBars = 0

  /// Whether nothing was found.
  public var isClean: Bool { answers.allSatisfy { $0.count == 0 } }

  subscript(question: Question) -> Answer {
    get { answers[Question.allCases.firstIndex(of: question) ?? 0] }
    set { answers[Question.allCases.firstIndex(of: question) ?? 0] = newValue }
  }

  mutating func add(_ other: AuditReport) {
    for place in answers.indices { answers[place].add(other.answers[place]) }
    fills += other.fills
    fillsWithoutVolume += other.fillsWithoutVolume
    warmBars = max(warmBars, other.warmBars)
  }
}
