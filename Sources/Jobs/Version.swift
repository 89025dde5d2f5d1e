/// The version of this build: printed by `apus --version` and recorded in every result.
public let apusVersion = "0.1.0"
