//! STS Organisation and STS Klassifikation: the messages against KOMBIT's schemas, descriptions and samples.

mod draw;
mod every;
mod kle;
mod malformed;
mod samples;
mod schemas;
mod shared;
mod valid;
mod xsd;
