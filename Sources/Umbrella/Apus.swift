// `import Apus` gives an embedder the whole public face.
@_exported import Expressions
@_exported import Interchange
@_exported import Jobs
@_exported import Market
@_exported import Metrics
@_exported import Simulation
@_exported import Storage
@_exported import Strategies
