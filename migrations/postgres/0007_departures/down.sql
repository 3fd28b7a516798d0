DROP TABLE certificates;
DROP TABLE departure_lines;
DROP TABLE departures;
