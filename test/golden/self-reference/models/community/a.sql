select id from raw.comments
union all
select id from Community.A