DROP TABLE certification_lines;
DROP TABLE certifications;
