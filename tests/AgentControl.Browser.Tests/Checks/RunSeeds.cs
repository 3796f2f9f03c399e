using AgentControl.Browser.Tests.Programs;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>Single jobs with a long log or a rich journal, written by SQL.</summary>
internal static class RunSeeds
{
    /// <summary>One job that runs, with so many events.</summary>
    public static async Task BigAsync(Installation installation, string name, int events)
    {
        await Seeds.RunningAsync(installation, name, 1);
        await installation.ExecuteAsync(
            """
            UPDATE jobs SET name = @name WHERE name = @name || '-1';
            UPDATE job_runs SET last_no = @events WHERE job_id = (SELECT id FROM jobs WHERE name = @name);
            INSERT INTO events (job_id, no, at, type, level, message)
            SELECT id, n, submitted_at + n * interval '1 ms', CASE WHEN n % 3 = 0 THEN 'agent.toolCall' ELSE 'agent.log' END,
                   CASE WHEN n % 100 = 0 THEN 'warning' ELSE 'info' END, 'Event ' || n || ' of many'
              FROM jobs, generate_series(1, @events) n WHERE name = @name;
            """,
            ("name", name),
            ("events", events)
        );
    }

    /// <summary>What event number <paramref name="no"/> of a job of <see cref="BigAsync"/> says.</summary>
    public static string EventText(int no) => $"Event {no} of many";

    /// <summary>More events of such a job, told as another process would tell them.</summary>
    public static Task AppendAsync(Installation installation, string name, int events) =>
        installation.ExecuteAsync(
            """
            WITH job AS MATERIALIZED (SELECT id FROM jobs WHERE name = @name),
                 told AS MATERIALIZED (SELECT id, ac_append(id, 'agent.log', 'info', 'Event ' || last_no + n || ' of many', NULL, NULL) AS no
                                         FROM job JOIN job_runs ON job_id = id, generate_series(1, @events) n)
            SELECT pg_notify('agentcontrol_events', 'seed' || format(';%s,%s,%s', rtrim(translate(encode(uuid_send(id), 'base64'), '+/', '-_'), '='), min(no), max(no))) FROM told GROUP BY id;
            """,
            ("name", name),
            ("events", events)
        );

    /// <summary>
    /// A job that ended: 15 s in its queue, a step, one with a failed try of 40 s, 18 minutes for a person, a loop of <paramref name="items"/> documents, a last step with a back-off of five minutes.
    /// </summary>
    public static async Task JourneyAsync(Installation installation, string name, int items)
    {
        await Seeds.RunningAsync(installation, name, 1);
        await installation.ExecuteAsync(
            """
            UPDATE jobs SET name = @name, submitted_at = submitted_at - interval '1 hour' WHERE name = @name || '-1';
            CREATE TEMP TABLE journey AS SELECT id, submitted_at AS t FROM jobs WHERE name = @name;
            INSERT INTO steps (job_id, key, name, kind, state, no, attempt, result, service, started_at, completed_at)
            SELECT id, key, split_part(reverse(split_part(reverse(key), '/', 1)), '#', 1), kind, 'completed', no, tries, convert_to('{"done":true}', 'UTF8'), service, t + a * interval '1 s', t + b * interval '1 s'
              FROM journey, (
                SELECT * FROM (VALUES ('read#1', 'code', 1, 1, NULL, 0, 40), ('match#1', 'call', 2, 2, 'erp', 40, 200), ('ask#1', 'approval', 3, 1, NULL, 200, 1280),
                                      ('send#1', 'code', 1000, 2, NULL, 1500, 1900)) v
                UNION ALL SELECT format('documents#1[%s]/extract#1', n), 'code', 4 + n, 1, NULL, 1280 + n, 1290 + n FROM generate_series(0, @items - 1) n) s (key, kind, no, tries, service, a, b);
            INSERT INTO events (job_id, no, at, type, level, message, data)
            SELECT id, no, t + s * interval '1 s', 'step.retrying', 'warning', key || ' tries again', format('{"key":"%s","attempt":1,"delaySeconds":%s,"reason":"erp 503"}', key, delay)
              FROM journey, (VALUES (1001, 'match#1', 80, 30), (1002, 'send#1', 1510, 300)) v (no, key, s, delay);
            INSERT INTO events (job_id, no, at, type, level, message)
            SELECT id, no, t + s * interval '1 s', type, 'info', type FROM journey, (VALUES (901, 'job.submitted', -15), (902, 'job.started', 0)) v (no, type, s);
            UPDATE job_runs SET state = 'succeeded', started_at = t, finished_at = t + interval '1900 s', lease_until = NULL, last_no = 1002, steps = 4 + @items FROM journey WHERE job_id = id;
            """,
            ("name", name),
            ("items", items)
        );
    }
}
