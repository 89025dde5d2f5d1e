import Kernels

/// A way to forecast the tail of the next return, or of the return over the next bars, from past returns alone.
///
/// A model sees a window of finite simple returns, oldest first, and nothing else: what comes later cannot move it.
public protocol VaRModel: Sendable {
  /// What takes an iteration or a simulation to find, and is kept from one refit to the next.
  associatedtype Fit: Sendable

  /// Name with its settings, for example `ewma(0.94)`; `VaRCatalog` reads it.
  var name: String { get }
  /// The fewest returns that a window may have.
  var neededReturns: Int { get }
  /// Finds the parameters for a window.
  ///
  /// - Parameter last: an earlier fit for the same question, whose draws may serve again; no number depends on it.
  /// - Throws: `RiskError.outsideDomain`, `.notConverged`.
  func fit(_ window: Span<Double>, _ question: TailQuestion, last: Fit?) throws(RiskError) -> Fit
  /// Forecasts from a window, with parameters of this or an earlier one.
  ///
  /// - Returns: a forecast for each level of the question, in its order.
  func forecast(_ window: Span<Double>, _ question: TailQuestion, fit: Fit) throws(RiskError)
    -> [TailForecast]
  /// Forecasts from the `window` returns before each of several bars.
  ///
  /// What a model has from `VaRModel` asks `forecast` at each of them; another one must give the same numbers.
  func roll(
    _ returns: [Double], to bars: [Int], window: Int, refit: Int, _ question: TailQuestion,
    isCancelled: () -> Bool
  ) -> RolledTails?
}

/// Forecasts of one bar after the other.
public struct RolledTails: Sendable {
  /// `[bars][levels]`, NaN where there is none.
  public var tails: [[TailForecast]] = []
  /// Bars without a forecast.
  public var missing = 0
  /// Why the first of them has none.
  public var firstFailure: RiskError?

  mutating func fail(_ error: RiskError, levels: Int) {
    tails.append(Array(repeating: .none, count: levels))
    missing += 1
    firstFailure = firstFailure ?? error
  }
}

extension VaRModel {
  /// Forecasts the tail of what follows a series.
  ///
  /// - Parameter returns: `[T]` simple returns a bar, oldest first; NaN and infinite ones are left out.
  /// - Returns: VaR and expected shortfall for each level, as positive fractions.
  /// - Throws: `RiskError.tooFewReturns`, and what the model throws.
  public func forecast(_ returns: [Double], _ question: TailQuestion) throws(RiskError)
    -> [TailForecast]
  {
    let known = returns.filter(\.isFinite)
    try check(known.count)
    let window = known.span
    return try forecast(window, question, fit: fit(window, question, last: nil))
  }

  /// Asks `forecast` at each bar, and `fit` every `refit` bars; a fit that failed is missing until the next one.
  public func roll(
    _ returns: [Double], to bars: [Int], window: Int, refit: Int, _ question: TailQuestion,
    isCancelled: () -> Bool
  ) -> RolledTails? {
    var rolled = RolledTails()
    rolled.tails.reserveCapacity(bars.count)
    var fit: Result<Fit, RiskError>?
    var nextFit = Int.min
    for bar in bars {
      if isCancelled() { return nil }
      let past = returns.span.extracting(bar - window..<bar)
      do throws(RiskError) {
        if bar >= nextFit || fit == nil {
          nextFit = bar + refit
          do throws(RiskError) {
            let last = try? fit?.get()
            fit = .success(try self.fit(past, question, last: last))
          } catch {
            fit = .failure(error)
          }
        }
        guard let fit else { preconditionFailure("a fit was made above") }
        rolled.tails.append(try forecast(past, question, fit: fit.get()))
      } catch {
        rolled.fail(error, levels: question.levels.count)
      }
    }
    return rolled
  }

  func check(_ count: Int) throws(RiskError) {
    guard count >= neededReturns else {
      throw .tooFewReturns(method: name, found: count, needed: neededReturns)
    }
  }

  func noVariation() -> RiskError {
    .outsideDomain(
      method: name,
      reason: "the returns of the window don't vary; take a longer window, or `historical`")
  }
}

extension VaRModel where Fit == Void {
  /// Nothing is fitted.
  public func fit(_ window: Span<Double>, _ question: TailQuestion, last: Fit?) {}
}
