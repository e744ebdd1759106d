select id from raw.comments;
select author from raw.comments;