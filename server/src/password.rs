//! Passwords and tokens: argon2id, random secrets, hashes of tokens.

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore;
use rand::rngs::OsRng;
use rand::{Rng, TryRngCore};
use sha2::{Digest, Sha256};

/// Shortest password, in characters (NIST SP 800-63B asks for 8 at the least; length, no composition rules).
pub(crate) const MIN_CHARS: usize = 10;
/// Longest password, in bytes.
pub(crate) const MAX_BYTES: usize = 256;

fn hasher() -> Argon2<'static> {
    // OWASP's cheat sheet for argon2id: 19 MiB, two passes, one lane.
    let params = Params::new(19 * 1024, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashes a password as a PHC string. Slow on purpose (about 20 ms): call it on a blocking thread.
pub(crate) fn hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    let salt = SaltString::encode_b64(&random::<16>())?;
    Ok(hasher().hash_password(password.as_bytes(), &salt)?.to_string())
}

/// Whether the password is the hashed one.
pub(crate) fn verify(password: &str, phc: &str) -> bool {
    password.len() <= MAX_BYTES
        && PasswordHash::new(phc).is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Spends the time of a verification, so that an unknown login name answers no faster than a wrong password.
pub(crate) fn verify_nobody(password: &str) {
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$YWlzbGVhaXNsZWFpc2xl$Zm9yIG5vYm9keSBpbiBwYXJ0aWN1bGFyIGF0IGFsbCE";
    verify(password, NOBODY);
}

/// Checks a new password.
pub(crate) fn check(password: &str) -> Result<(), String> {
    if password.chars().count() < MIN_CHARS {
        return Err(format!("the password is too short; use at least {MIN_CHARS} characters"));
    }
    if password.len() > MAX_BYTES {
        return Err(format!("the password is too long; use at most {MAX_BYTES} bytes"));
    }
    Ok(())
}

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // The operating system's source failing leaves nothing safe to do but to seed from the thread's generator.
    if OsRng.try_fill_bytes(&mut bytes).is_err() {
        rand::rng().fill_bytes(&mut bytes);
    }
    bytes
}

/// A fresh token of 256 bits, as text.
pub(crate) fn token() -> String {
    URL_SAFE_NO_PAD.encode(random::<32>())
}

/// A first password that can be read out: four groups of four letters and digits that are hard to mistake (80 bits).
pub(crate) fn readable() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut rng = rand::rng();
    let group = |rng: &mut rand::rngs::ThreadRng| -> String {
        (0..4).map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())])).collect()
    };
    (0..4).map(|_| group(&mut rng)).collect::<Vec<_>>().join("-")
}

/// SHA-256 of a token: what is kept of it.
pub(crate) fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_verified_and_a_wrong_one_is_not() {
        let phc = hash("correct horse battery").unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify("correct horse battery", &phc));
        assert!(!verify("correct horse", &phc));
        assert!(!verify("", "not a hash"));
        assert!(check("short").is_err() && check(&"x".repeat(257)).is_err() && check("long enough it is").is_ok());
        assert_ne!(readable(), readable());
        assert_eq!(readable().len(), 19);
    }
}
