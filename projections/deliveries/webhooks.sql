-- Endpoints as they are told to be; where each stands is in the schema deliveries, which their deliverers write.
create table endpoints (
  id uuid primary key,
  url text not null,
  filter json not null,
  description text not null,
  dead_letter_after integer,             -- seconds
  enabled boolean not null,
  disabled_reason text,                  -- asked, gone, failing
  disabled_detail text,
  secrets json not null,                 -- cards, the newest first; `until` where one is going out of use
  created_at timestamptz not null,
  created_by text not null,
  resume_at bigint not null,             -- where to begin when nothing else is known
  replay_position bigint not null,       -- of the event that asked for the last replay
  replay_after bigint not null,
  replay_until bigint not null,
  replay_rate double precision,
  position bigint not null               -- of the last event that changes what is done
);

-- Single deliveries that somebody asked for.
create table requests (
  id uuid primary key,
  endpoint uuid not null,
  kind text not null,                    -- resend, test
  event_position bigint not null,
  requested_at timestamptz not null,
  position bigint not null
);
create index requests_by_endpoint on requests (endpoint, position);

-- Events that an endpoint did not take, and has not been given again since.
create table dead_letters (
  endpoint uuid not null,
  event_position bigint not null,
  event_id uuid not null,
  event_type text not null,
  attempts integer not null,
  reason text not null,
  at timestamptz not null,
  primary key (endpoint, event_position)
);
