//! STS Organisation and STS Klassifikation for mo: OIO messages and KLE files.
