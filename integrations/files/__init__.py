"""The scanner for malware, and stores of files outside of MongoDB."""
