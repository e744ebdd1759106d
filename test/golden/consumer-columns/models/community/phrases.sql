select body as phrase, count(*) as times from raw.comments group by all
