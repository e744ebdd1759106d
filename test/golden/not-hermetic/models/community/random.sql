select id from raw.comments
where random() < 0.1