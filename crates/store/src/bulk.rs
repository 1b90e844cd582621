//! Many rows in one statement: hundreds of rows a round trip.

/// Rows in one statement. SQLite takes 32,766 values in a statement, PostgreSQL 65,535: enough for 40 columns of this many.
pub(crate) const ROWS: usize = 500;

/// One value of a row.
pub(crate) enum Cell {
    /// Text, or NULL.
    Text(Option<String>),
    /// A whole number.
    Integer(i64),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

/// How a database's placeholders are written. SQLite takes `$1` for a name and looks every name up in a list, which for
/// thousands of them takes longer than the insert; its `?` have none.
pub(crate) trait Placeholders {
    /// Whether they are numbered: `$1`, `$2`; else each is `?`.
    const NUMBERED: bool;
}

impl Placeholders for sqlx::Transaction<'_, sqlx::Sqlite> {
    const NUMBERED: bool = false;
}

impl Placeholders for sqlx::Transaction<'_, sqlx::Postgres> {
    const NUMBERED: bool = true;
}

/// Whether the placeholders in a transaction's statements are numbered.
pub(crate) fn numbered<T: Placeholders>(_: &T) -> bool {
    T::NUMBERED
}

/// `HEAD VALUES ($1, $2), ($3, $4) TAIL`, or `HEAD VALUES (?, ?), (?, ?) TAIL`.
pub(crate) fn statement(head: &str, columns: usize, rows: usize, tail: &str, numbered: bool) -> String {
    let mut text = String::with_capacity(head.len() + tail.len() + rows * columns * 7 + 16);
    text.push_str(head);
    text.push_str(" VALUES ");
    let mut number = 0;
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            number += 1;
            text.push_str(if column == 0 { "" } else { ", " });
            if numbered {
                text.push('$');
                text.push_str(&number.to_string());
            } else {
                text.push('?');
            }
        }
        text.push(')');
    }
    text.push(' ');
    text.push_str(tail);
    text
}

/// Inserts rows (a `Vec` of `Vec<Cell>`, all of one width) in batches within a transaction; gives the rows affected.
macro_rules! inserting {
    ($tx:expr, $head:expr, $rows:expr, $tail:expr) => {{
        let mut affected = 0_u64;
        let mut rows = $rows.into_iter();
        loop {
            let batch: Vec<Vec<$crate::bulk::Cell>> = rows.by_ref().take($crate::bulk::ROWS).collect();
            let Some(columns) = batch.first().map(Vec::len) else { break };
            let numbered = $crate::bulk::numbered(&$tx);
            let text = $crate::bulk::statement($head, columns, batch.len(), $tail, numbered);
            // The text is made of constants and placeholder numbers only; every value is bound.
            let mut query = sqlx::query(sqlx::AssertSqlSafe(text));
            for cell in batch.into_iter().flatten() {
                query = match cell {
                    $crate::bulk::Cell::Text(text) => query.bind(text),
                    $crate::bulk::Cell::Integer(number) => query.bind(number),
                    $crate::bulk::Cell::Bytes(bytes) => query.bind(bytes),
                };
            }
            affected += query.execute(&mut *$tx).await?.rows_affected();
        }
        affected
    }};
}

pub(crate) use inserting;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_count_through_the_rows() {
        let text = |numbered| statement("INSERT INTO t (a, b)", 2, 2, "X", numbered);
        assert_eq!(text(true), "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) X");
        assert_eq!(text(false), "INSERT INTO t (a, b) VALUES (?, ?), (?, ?) X");
    }
}
