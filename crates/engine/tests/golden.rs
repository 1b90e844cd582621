//! The built-in models give the bits that are checked in. The same text is compared in node and in the browser.

/// Where this fails after a deliberate change of scoring, the new text is written beside the old as `scores.new.txt`:
/// look at what changed, then replace the file and raise the format version if artefacts score differently.
#[test]
fn built_in_models_give_the_golden_bits() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let now = aisle_engine::golden::run();
    let golden = std::fs::read_to_string(folder.join("scores.txt")).unwrap_or_default();
    if let Some((line, (was, is))) = golden.lines().zip(now.lines()).enumerate().find(|(_, (was, is))| was != is) {
        std::fs::write(folder.join("scores.new.txt"), &now).unwrap();
        panic!("line {}: expected\n{was}\ngot\n{is}", line + 1);
    }
    if golden != now {
        std::fs::write(folder.join("scores.new.txt"), &now).unwrap();
        panic!("the golden file has {} bytes, this run gave {}", golden.len(), now.len());
    }
}
