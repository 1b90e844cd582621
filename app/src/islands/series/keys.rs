//! Where the keys of the grid lead (WAI-ARIA Authoring Practices, "Grid": data grid).

/// A cell: row 0 is the header, data rows count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Row.
    pub row: u64,
    /// Column, from 0.
    pub column: usize,
}

/// How large the grid is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Data rows.
    pub rows: u64,
    /// Columns.
    pub columns: usize,
    /// Data rows in view.
    pub page: u64,
}

/// The cell that a key leads to from another; `None` where the grid does not answer to the key.
pub fn moved(from: Cell, key: &str, control: bool, extent: Extent) -> Option<Cell> {
    let last_column = extent.columns.saturating_sub(1);
    let Cell { row, column } = from;
    let to = match (key, control) {
        ("ArrowUp", false) => Cell { row: row.saturating_sub(1), column },
        ("ArrowDown", false) => Cell { row: row.saturating_add(1), column },
        ("ArrowLeft", false) => Cell { row, column: column.saturating_sub(1) },
        ("ArrowRight", false) => Cell { row, column: column + 1 },
        ("PageUp", false) => Cell { row: row.saturating_sub(extent.page.max(1)).max(row.min(1)), column },
        ("PageDown", false) => Cell { row: row.saturating_add(extent.page.max(1)), column },
        ("Home", false) => Cell { row, column: 0 },
        ("End", false) => Cell { row, column: last_column },
        ("Home", true) => Cell { row: 1, column: 0 },
        ("End", true) => Cell { row: extent.rows, column: last_column },
        _ => return None,
    };
    Some(Cell { row: to.row.min(extent.rows), column: to.column.min(last_column) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EXTENT: Extent = Extent { rows: 3331, columns: 10, page: 12 };
    const KEYS: [&str; 8] = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End"];

    #[test]
    fn keys_lead_where_the_pattern_says() {
        let from = Cell { row: 20, column: 3 };
        let check = |key: &str, control: bool, row: u64, column: usize| {
            assert_eq!(moved(from, key, control, EXTENT), Some(Cell { row, column }), "{key} {control}");
        };
        check("ArrowUp", false, 19, 3);
        check("ArrowRight", false, 20, 4);
        check("PageDown", false, 32, 3);
        check("PageUp", false, 8, 3);
        check("Home", false, 20, 0);
        check("End", false, 20, 9);
        check("Home", true, 1, 0);
        check("End", true, 3331, 9);
        assert_eq!(moved(from, "a", false, EXTENT), None);
        assert_eq!(moved(from, "ArrowDown", true, EXTENT), None);
        let top = Cell { row: 5, column: 0 };
        assert_eq!(moved(top, "PageUp", false, EXTENT), Some(Cell { row: 1, column: 0 }));
        assert_eq!(moved(Cell { row: 1, column: 0 }, "ArrowUp", false, EXTENT), Some(Cell { row: 0, column: 0 }));
    }

    proptest! {
        #[test]
        fn no_key_leaves_the_grid(row in 0u64..=50, column in 0usize..10, rows in 0u64..50, page in 0u64..9, key in 0usize..8, control: bool) {
            let extent = Extent { rows, columns: 10, page };
            if let Some(to) = moved(Cell { row, column }, KEYS[key], control, extent) {
                prop_assert!(to.row <= rows && to.column < 10);
            }
        }
    }
}
