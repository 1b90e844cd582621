//! The currency of a file's money, where a column says it row by row. A shop has one: rows of another are not added to it.

use crate::guess::question;
use crate::profile::Column;
use aisle_domain::Currency;
use aisle_domain::import::Question;

/// The currency of a file, and the questions with what is left open about it.
///
/// `said`: the column that names each row's currency; `shop`: the shop's own.
pub(crate) fn settle(
    said: Option<&Column>,
    shop: Option<Currency>,
    mut questions: Vec<Question>,
) -> (Option<Currency>, Vec<Question>) {
    let found = said.map(codes).unwrap_or_default();
    let name = said.map(|column| column.name.as_str());
    let listed = found.iter().map(Currency::code).collect::<Vec<_>>().join(", ");
    match (found.as_slice(), shop) {
        ([], Some(shop)) => (Some(shop), questions),
        ([], None) => {
            questions.push(question(None, "in which currency is the money?", "currency", &["USD", "EUR", "GBP"]));
            (None, questions)
        }
        ([one], None) => (Some(*one), questions),
        ([one], Some(shop)) if *one == shop => (Some(shop), questions),
        ([one], Some(shop)) => {
            let text = format!(
                "the money of this file is in {one}, and the shop counts in {shop}: convert it, or import the file into a \
                 shop of its own"
            );
            questions.push(question(name, &text, "currency", &[one.code()]));
            (None, questions)
        }
        (several, shop) => {
            let text = format!(
                "the rows are in several currencies ({listed}), and a shop counts in one: which one is to be taken? Rows of \
                 the others are rejected; to keep them, put them into files of their own"
            );
            // The shop's own first, where the file has it.
            let own = shop.filter(|shop| several.contains(shop));
            let others = several.iter().copied().filter(|code| Some(*code) != own);
            let options: Vec<Currency> = own.into_iter().chain(others).collect();
            let options: Vec<&str> = options.iter().map(Currency::code).collect();
            questions.push(question(name, &text, "currency", &options));
            (None, questions)
        }
    }
}

/// The currencies that a column names, in the order in which they were met.
pub(crate) fn codes(column: &Column) -> Vec<Currency> {
    let mut found = Vec::new();
    for code in column.known_values().iter().filter_map(|text| Currency::new(text).ok()) {
        if !found.contains(&code) {
            found.push(code);
        }
    }
    found
}
