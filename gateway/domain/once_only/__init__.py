"""The once-only rule of 210-FZ (Art. 7 part 1): what may be asked of an applicant, and what has to be fetched."""
