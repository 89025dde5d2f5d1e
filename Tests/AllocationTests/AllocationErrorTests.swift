import Testing

@testable import Allocation

@Suite struct AllocationErrorTests {
  @Test func conflictsAreNamed() {
    let error = AllocationError.infeasible(conflict: ["lower bounds add up to 1.2", "budget 1"])
    #expect("\(error)".contains("lower bounds add up to 1.2; budget 1"))
  }
}
