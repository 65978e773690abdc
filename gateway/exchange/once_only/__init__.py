"""210-FZ in the exchange: messages are tied to cases, judged by the rules, refused or only noted."""
