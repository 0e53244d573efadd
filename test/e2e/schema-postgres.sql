create schema shop;
create schema billing;
create schema flawed;
create schema drizzle;
create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint);
set search_path = shop;

create type mood as enum ('sad', 'ok', 'happy');
create domain email as text check (value like '%@%');
create table users (
  id serial primary key,
  email email not null unique,
  mood mood default 'ok',
  number bigint generated always as identity,
  tags text[] default '{}',
  joined timestamptz(3) default now(),
  born date default '2001-02-03',
  price numeric(10, 2) default -1,
  loud text generated always as (upper(email)) stored,
  "We.ird" varchar(20),
  gone int,
  boss int references users on delete cascade
);
alter table users drop column gone;
create table billing.users (a int, b int, c int, primary key (a, b), unique (c));
create table "Or.ders" (
  id int primary key,
  a int,
  b int,
  secret text default 'password=hunter2',
  foreign key (a, b) references billing.users deferrable initially deferred,
  check (a > 0),
  exclude using btree (a with =)
);
create index lower_mail on users (lower(email));
create unique index few on users (boss) where boss > 3;
create index two on users (id desc nulls last, price) include (joined);
create index plain on users (id, price);
create table measured (at date not null, v int) partition by range (at);
create table measured_2020 partition of measured for values from ('2020-01-01') to ('2021-01-01');
create index on measured (v);
create view recent as select id, email from users where id > 3;
create materialized view counted as select count(*) as c from users;
create unique index on counted (c);
create function noted() returns trigger language plpgsql as 'begin return new; end';
create trigger audit before insert on users for each row execute function noted();
create sequence billing.invoices increment 5;

set search_path = flawed;
create table parent (n int primary key);
alter table parent drop constraint parent_pkey;
alter table parent alter n drop not null;
create table other (n int primary key);
create table child (n int constraint linked references other, m int);
alter table child add constraint late check (m > 0) not valid;
alter table child disable trigger all;
create trigger audit before insert on parent for each row execute function shop.noted();
alter table parent disable trigger audit;
create table parted (n int) partition by range (n);
create table parted_1 partition of parted for values from (0) to (9);
create index parted_n on only parted (n);
create trigger audit before insert on parted_1 for each row execute function shop.noted();
alter table parted_1 disable trigger audit;
reset search_path;
