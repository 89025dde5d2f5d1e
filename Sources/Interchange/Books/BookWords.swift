/// Words of other systems for what books call otherwise: they are not taken, but told which word is meant.
enum BookWords {
  /// Columns, in small letters without underscores.
  static let columns = [
    "date": "time", "datetime": "time", "timestamp": "time", "tradedate": "time", "when": "time",
    "ticker": "symbol", "asset": "symbol", "security": "symbol", "instrument": "symbol",
    "stock": "symbol", "type": "kind", "action": "kind", "side": "kind", "transaction": "kind",
    "qty": "quantity", "shares": "quantity", "units": "quantity", "size": "quantity",
    "account": "wallet", "commission": "fee", "commissions": "fee", "fees": "fee", "cost": "fee",
    "value": "amount", "total": "amount", "cash": "amount", "customer": "client", "owner": "client",
    "adviser": "advisor", "manager": "advisor", "ccy": "currency", "mic": "exchange",
    "comment": "note", "memo": "note", "description": "note",
  ]

  /// Kinds of transactions.
  static let kinds = [
    "purchase": "buy", "bought": "buy", "b": "buy", "sale": "sell", "sold": "sell", "s": "sell",
    "interest": "dividend", "income": "dividend", "div": "dividend", "coupon": "dividend",
    "contribution": "deposit", "topup": "deposit", "top-up": "deposit", "payin": "deposit",
    "payout": "withdrawal", "withdraw": "withdrawal", "redemption": "withdrawal",
    "commission": "fee", "charge": "fee", "tax": "fee", "move": "transfer", "journal": "transfer",
  ]
}
