//! The site: what the browser downloads, put together beside the built files and compressed ahead of time.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::process;
use crate::stamp::{Fingerprint, Stamp, files_below};

/// Endings of files that shrink; pictures and fonts are compressed already.
const SHRINKING: [&str; 9] = ["js", "mjs", "css", "wasm", "svg", "json", "txt", "html", "webmanifest"];
/// Below this many bytes compression saves nothing worth a second file.
const SMALL: usize = 512;

/// Builds the scripts that `frontend/package.json` describes; returns their folder.
pub(crate) fn scripts(place: &Place) -> Outcome<PathBuf> {
    let finished = place.workshop().join("scripts");
    let home = place.root.join("frontend");
    let inputs = Fingerprint::default()
        .path(&home.join("js"))?
        .path(&home.join("package.json"))?
        .path(&home.join("package-lock.json"))?
        .finish();
    let stamp = Stamp::at(place.workshop().join("scripts.stamp"));
    if stamp.holds(inputs, &[&finished]) {
        return Ok(finished);
    }
    empty(&finished)?;
    let mut command = place.program(Path::new("npm"));
    command.args(["run", "--silent", "build", "--"]).arg(format!("--outdir={}", finished.display())).current_dir(&home);
    process::run("scripts", &mut command, &place.log("scripts"))?;
    stamp.set(inputs, &[&finished])?;
    Ok(finished)
}

/// Joins the style sheets into one; returns the folder it lies in.
pub(crate) fn style(place: &Place) -> Outcome<PathBuf> {
    let finished = place.workshop().join("style");
    let sheet = finished.join("aisle.css");
    let inputs = Fingerprint::default().path(&place.root.join("style"))?.finish();
    let stamp = Stamp::at(place.workshop().join("style.stamp"));
    if stamp.holds(inputs, &[&sheet]) {
        return Ok(finished);
    }
    empty(&finished)?;
    let mut command = place.program(&place.root.join("frontend/node_modules/.bin/esbuild"));
    command.args(["style/aisle.css", "--bundle", "--minify", "--log-level=warning"]);
    command.arg(format!("--outfile={}", sheet.display()));
    process::run("style", &mut command, &place.log("style"))?;
    stamp.set(inputs, &[&sheet])?;
    Ok(finished)
}

/// Puts the parts together. Files that did not change keep their compressed forms; files of former builds go.
pub(crate) fn assemble(place: &Place, parts: &[(&Path, &Path)]) -> Outcome<()> {
    let mut sum = Fingerprint::default();
    for (from, _) in parts {
        sum = sum.path(from)?;
    }
    let inputs = sum.finish();
    let site = place.site();
    let hash = site.join("hash.txt");
    let stamp = Stamp::at(place.workshop().join("site.stamp"));
    if stamp.holds(inputs, &[&hash]) {
        return Ok(());
    }
    let mut wanted = BTreeSet::from([hash.clone()]);
    for (from, to) in parts {
        for (name, file) in files_below(from)? {
            let target = to.join(&name);
            let bytes = fs::read(&file).map_err(|error| Failure::file(&file, &error))?;
            wanted.insert(target.clone());
            wanted.extend(publish(&target, &bytes)?);
        }
    }
    for (_, file) in files_below(&site)? {
        if !wanted.contains(&file) {
            fs::remove_file(&file).map_err(|error| Failure::file(&file, &error))?;
        }
    }
    fs::write(&hash, format!("{inputs:016x}\n")).map_err(|error| Failure::file(&hash, &error))?;
    stamp.set(inputs, &[&hash])
}

/// Writes a file and its compressed forms; returns the names of those.
fn publish(target: &Path, bytes: &[u8]) -> Outcome<Vec<PathBuf>> {
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
    }
    let ending = target.extension().map(|ending| ending.to_string_lossy().into_owned()).unwrap_or_default();
    let shrinks = SHRINKING.contains(&ending.as_str()) && bytes.len() >= SMALL;
    let forms = if shrinks {
        ["br", "gz"].map(|form| target.with_extension(format!("{ending}.{form}"))).to_vec()
    } else {
        vec![]
    };
    let unchanged = fs::read(target).is_ok_and(|old| old == bytes) && forms.iter().all(|form| form.exists());
    if unchanged {
        return Ok(forms);
    }
    fs::write(target, bytes).map_err(|error| Failure::file(target, &error))?;
    for form in &forms {
        let packed = if form.extension().is_some_and(|form| form == "br") { brotli(bytes) } else { gzip(bytes) };
        let packed = packed.map_err(|error| Failure::file(form, &error))?;
        fs::write(form, packed).map_err(|error| Failure::file(form, &error))?;
    }
    Ok(forms)
}

/// The bytes as brotli, as small as it gets.
fn brotli(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &parameters)?;
    Ok(packed)
}

/// The bytes as gzip, for clients that know nothing newer.
fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes)?;
    packer.finish()
}

fn empty(folder: &Path) -> Outcome<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
    }
    fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn compressed_forms_unpack_to_the_file() {
        let bytes = "one shop, many shelves; ".repeat(200).into_bytes();
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut brotli(&bytes).unwrap().as_slice(), &mut plain).unwrap();
        assert_eq!(plain, bytes);
        plain.clear();
        flate2::read::GzDecoder::new(gzip(&bytes).unwrap().as_slice()).read_to_end(&mut plain).unwrap();
        assert_eq!(plain, bytes);
    }
}
