create table teams (id integer primary key, name text not null collate nocase unique);
create table "Us.ers" (
  id integer primary key autoincrement,
  email varchar(255) not null default 'a,b)(' check (length(email) > 3 and email <> 'x)'), -- one, two (
  [team id] int references teams on delete cascade,
  price numeric(10, 2) default -1,
  loud text generated always as (upper(email)) stored,
  twice int as (price * 2),
  `at` text default current_timestamp,
  /* a table's own */ constraint positive check (price >= -1),
  unique (email, price)
);
create table pairs (a int, b int, primary key (b, a)) without rowid;
create table strict_one (id int primary key, v text) strict;
create table linked (x int, y int, foreign key (y, x) references pairs (b, a) on update set null);
create index lower_mail on "Us.ers" (lower(email), price desc) where price > 3;
create unique index one_price on "Us.ers" (price);
create view cheap as select id, email from "Us.ers" where price < 3;
create trigger noted after insert on teams begin insert into pairs values (new.id, 1); end;
create table knex_migrations (id integer primary key, name varchar(255), batch int, migration_time datetime);
