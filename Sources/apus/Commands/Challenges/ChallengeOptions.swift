import Arguments

/// What the verbs of challenges have in common.
enum ChallengeOptions {
  static let family = CommandFamily(
    "challenge", group: "Books", summary: "Contests of portfolios and strategies under fixed rules",
    discussion: [
      "A rule file says the window, the symbols, the capital, the costs, what is allowed and what is counted; entries are"
        + " transactions, weights or strategies. The same rules and entries give the same board, bit for bit."
    ],
    examples: [
      Example(
        "apus challenge check rules.json5 entries.csv", "Whether rules and entries are valid."),
      Example("apus challenge score rules.json5 entries.csv -o board.h5", "Scores and ranks."),
    ])
}
