"""What we claim: one file for each part of the theory, each equation once, arrays in and arrays out."""
