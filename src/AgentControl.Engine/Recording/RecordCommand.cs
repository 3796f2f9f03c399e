using AgentControl.Core.Events;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Recording;

/// <summary>Fills the parameters of <see cref="RecordSql"/> from the batches of several jobs.</summary>
internal static class RecordCommand
{
    public static NpgsqlCommand Build(
        IReadOnlyList<JobPen> pens,
        string worker,
        TimeSpan lease,
        NpgsqlConnection connection
    )
    {
        var full = pens.Any(p => p.InFlight!.End is not null || p.InFlight.Parts.Any(c => c.Checkpoints.Count > 0));
        var command = new NpgsqlCommand(full ? RecordSql.Full : RecordSql.Lean, connection);
        var into = command.Parameters;
        AddJobs(into, pens, lease);
        AddSteps(into, pens);
        AddEvents(into, pens);
        if (!full)
            return command;
        into.Add(new NpgsqlParameter<string>("worker", NpgsqlDbType.Text) { TypedValue = worker });
        AddEnds(into, pens);
        AddCheckpoints(into, pens);
        return command;
    }

    private static void Add<T>(
        this NpgsqlParameterCollection into,
        string name,
        NpgsqlDbType type,
        IEnumerable<T> values
    ) => into.Add(new NpgsqlParameter<T[]>(name, NpgsqlDbType.Array | type) { TypedValue = [.. values] });

    private static void AddJobs(NpgsqlParameterCollection into, IReadOnlyList<JobPen> pens, TimeSpan lease)
    {
        var batches = pens.Select(p => p.InFlight!).ToArray();
        into.Add("job", NpgsqlDbType.Uuid, pens.Select(p => p.JobId));
        into.Add("epoch", NpgsqlDbType.Integer, pens.Select(p => p.Epoch));
        into.Add("write_no", NpgsqlDbType.Bigint, batches.Select(b => b.WriteNo));
        into.Add("n_events", NpgsqlDbType.Integer, batches.Select(b => b.EventCount));
        into.Add("n_steps", NpgsqlDbType.Integer, batches.Select(b => b.StepCount));
        into.Add(
            "n_anomalies",
            NpgsqlDbType.Integer,
            batches.Select(b => b.Parts.Sum(c => c.Events.Count(e => e.Type == EventTypes.Anomaly)))
        );
        into.Add("n_retries", NpgsqlDbType.Integer, batches.Select(b => b.Parts.Sum(c => c.Retries)));
        into.Add("p_completed", NpgsqlDbType.Bigint, batches.Select(b => b.Progress?.Completed));
        into.Add("p_total", NpgsqlDbType.Bigint, batches.Select(b => b.Progress?.Total));
        into.Add("p_stage", NpgsqlDbType.Text, batches.Select(b => b.Progress?.Stage));
        into.Add("p_detail", NpgsqlDbType.Text, batches.Select(b => b.Progress?.Detail));
        into.Add("step", NpgsqlDbType.Text, batches.Select(b => b.Parts.SelectMany(c => c.Steps).LastOrDefault()?.Key));
        into.Add(new NpgsqlParameter<TimeSpan>("lease", NpgsqlDbType.Interval) { TypedValue = lease });
    }

    private static void AddSteps(NpgsqlParameterCollection into, IReadOnlyList<JobPen> pens)
    {
        // Two branches, or an early 'running' and the end, may name one key in a batch: the last one stands.
        var rows = new List<(Guid Job, StepRecord Step, int? Event)>();
        foreach (var pen in pens)
        {
            var offset = 0;
            var own = new Dictionary<string, (Guid, StepRecord, int?)>(StringComparer.Ordinal);
            foreach (var part in pen.InFlight!.Parts)
            {
                foreach (var step in part.Steps)
                    own[step.Key] = (pen.JobId, step, step.EventIndex is { } at ? offset + at + 1 : null);
                offset += part.Events.Count;
            }
            rows.AddRange(own.Values);
        }
        into.Add("s_job", NpgsqlDbType.Uuid, rows.Select(r => r.Job));
        into.Add("s_key", NpgsqlDbType.Text, rows.Select(r => r.Step.Key));
        into.Add("s_name", NpgsqlDbType.Text, rows.Select(r => r.Step.Name));
        into.Add("s_kind", NpgsqlDbType.Text, rows.Select(r => r.Step.Kind));
        into.Add("s_state", NpgsqlDbType.Text, rows.Select(r => r.Step.State));
        into.Add("s_event", NpgsqlDbType.Integer, rows.Select(r => r.Event));
        into.Add("s_attempt", NpgsqlDbType.Integer, rows.Select(r => r.Step.Attempt));
        into.Add("s_hash", NpgsqlDbType.Bytea, rows.Select(r => r.Step.InputHash));
        into.Add("s_result", NpgsqlDbType.Bytea, rows.Select(r => r.Step.Result));
        into.Add("s_error", NpgsqlDbType.Text, rows.Select(r => r.Step.Error));
        into.Add("s_service", NpgsqlDbType.Text, rows.Select(r => r.Step.Service));
        into.Add("s_usage", NpgsqlDbType.Text, rows.Select(r => r.Step.Usage));
        into.Add("s_elapsed", NpgsqlDbType.Double, rows.Select(r => r.Step.ElapsedMs));
    }

    private static void AddEvents(NpgsqlParameterCollection into, IReadOnlyList<JobPen> pens)
    {
        var rows = pens.SelectMany(pen =>
                pen.InFlight!.Numbered().Select(e => (Job: pen.JobId, e.Index, e.Event, e.Final))
            )
            .ToArray();
        into.Add("e_job", NpgsqlDbType.Uuid, rows.Select(r => r.Job));
        into.Add("e_idx", NpgsqlDbType.Integer, rows.Select(r => r.Index));
        into.Add("e_type", NpgsqlDbType.Text, rows.Select(r => r.Event.Type));
        into.Add("e_level", NpgsqlDbType.Text, rows.Select(r => r.Event.Level));
        into.Add("e_message", NpgsqlDbType.Text, rows.Select(r => r.Event.Message));
        into.Add("e_data", NpgsqlDbType.Text, rows.Select(r => r.Event.Data));
        into.Add("e_actor", NpgsqlDbType.Text, rows.Select(r => r.Event.Actor));
        into.Add("e_final", NpgsqlDbType.Boolean, rows.Select(r => r.Final));
    }

    private static void AddEnds(NpgsqlParameterCollection into, IReadOnlyList<JobPen> pens)
    {
        var ends = pens.Select(p => p.InFlight!.End).ToArray();
        into.Add("want", NpgsqlDbType.Text, ends.Select(e => e?.State));
        into.Add("outcome", NpgsqlDbType.Text, ends.Select(e => e?.Outcome));
        into.Add("queue", NpgsqlDbType.Text, ends.Select(e => e?.Queue));
        into.Add("known_wakes", NpgsqlDbType.Integer, ends.Select(e => e?.Wakes ?? 0));
        into.Add("orderly", NpgsqlDbType.Boolean, ends.Select(e => e?.Orderly ?? true));
        into.Add("retry_seconds", NpgsqlDbType.Double, ends.Select(e => e?.RetrySeconds));
        into.Add("output", NpgsqlDbType.Bytea, ends.Select(e => e?.Output));
        into.Add("error", NpgsqlDbType.Text, ends.Select(e => e?.Error));
        into.Add("parent", NpgsqlDbType.Uuid, pens.Select(p => p.ParentId));
        into.Add("parent_key", NpgsqlDbType.Text, pens.Select(p => p.ParentKey));
    }

    private static void AddCheckpoints(NpgsqlParameterCollection into, IReadOnlyList<JobPen> pens)
    {
        var rows = pens.SelectMany(pen =>
                pen.InFlight!.Parts.SelectMany(c => c.Checkpoints)
                    .Select((c, i) => (Job: pen.JobId, Saved: c, Rank: i + 1))
            )
            .ToArray();
        into.Add("c_job", NpgsqlDbType.Uuid, rows.Select(r => r.Job));
        into.Add("c_key", NpgsqlDbType.Text, rows.Select(r => r.Saved.Key));
        into.Add("c_value", NpgsqlDbType.Bytea, rows.Select(r => r.Saved.Value));
        into.Add("c_step", NpgsqlDbType.Text, rows.Select(r => r.Saved.Step));
        into.Add("c_rank", NpgsqlDbType.Integer, rows.Select(r => r.Rank));
    }
}
