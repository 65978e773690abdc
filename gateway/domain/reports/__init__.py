"""Reports on who keeps the law: rows of the store go in one by one, a report comes out. No order of rows matters."""
