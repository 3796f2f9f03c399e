using AgentControl.Core.Events;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Storage;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Recording;

/// <summary>One form of <see cref="RecordSql"/> on one connection, prepared once and filled with the batches of several jobs each time. All of it is one commit.</summary>
internal sealed class RecordCommand : IAsyncDisposable
{
    private readonly RecordForm form;
    private readonly RecordingOptions options;
    private readonly LeaseStore leases;
    private readonly NpgsqlBatch commands;
    private bool prepared;

    public RecordCommand(NpgsqlConnection connection, RecordForm form, RecordingOptions options, LeaseStore leases)
    {
        (this.form, this.options, this.leases) = (form, options, leases);
        commands = new NpgsqlBatch(connection);
        commands.BatchCommands.Add(
            new(
                form switch
                {
                    RecordForm.Single => RecordSql.Single,
                    RecordForm.Lean => RecordSql.Lean,
                    _ => RecordSql.Full,
                }
            )
        );
        if (form == RecordForm.FullWithLeases)
            commands.BatchCommands.Add(LeaseStore.ForEnded());
    }

    public static RecordForm FormOf(IReadOnlyList<JobPen> pens) =>
        pens.Any(p => p.InFlight!.End?.Next is not null) ? RecordForm.FullWithLeases
        : pens.Any(p => p.InFlight!.End is not null || p.InFlight.Parts.Any(c => c.Checkpoints.Count > 0))
            ? RecordForm.Full
        : pens.Count == 1 ? RecordForm.Single
        : RecordForm.Lean;

    public async Task<NpgsqlDataReader> ExecuteAsync(IReadOnlyList<JobPen> pens)
    {
        var into = new ParameterFill(commands.BatchCommands[0].Parameters);
        if (form == RecordForm.Single)
            FillJob(into, pens[0]);
        else
            FillJobs(into, pens);
        into.Value("lease", NpgsqlDbType.Interval, options.Lease);
        FillSteps(into, pens);
        FillEvents(into, pens);
        if (form >= RecordForm.Full)
        {
            into.Value("worker", NpgsqlDbType.Text, options.Worker);
            FillEnds(into, pens);
            FillCheckpoints(into, pens);
        }
        if (form == RecordForm.FullWithLeases)
            leases.FillForEnded(
                commands.BatchCommands[1],
                [
                    .. pens.Where(p => p.InFlight!.End?.Next is not null)
                        .Select(p => (p.JobId, p.Epoch, p.InFlight!.End!.Next!)),
                ]
            );
        if (!prepared)
            await commands.PrepareAsync();
        prepared = true;
        return await commands.ExecuteReaderAsync();
    }

    public ValueTask DisposeAsync() => commands.DisposeAsync();

    private static void FillJob(ParameterFill into, JobPen pen)
    {
        var batch = pen.InFlight!;
        into.Value("job", NpgsqlDbType.Uuid, pen.JobId);
        into.Value("epoch", NpgsqlDbType.Integer, pen.Epoch);
        into.Value("write_no", NpgsqlDbType.Bigint, batch.WriteNo);
        into.Value("n_events", NpgsqlDbType.Integer, batch.EventCount);
        into.Value("n_steps", NpgsqlDbType.Integer, batch.StepCount);
        into.Value("n_anomalies", NpgsqlDbType.Integer, batch.AnomalyCount);
        into.Value("n_retries", NpgsqlDbType.Integer, batch.Retries);
        into.Value("n_input", NpgsqlDbType.Bigint, batch.InputTokens);
        into.Value("n_output", NpgsqlDbType.Bigint, batch.OutputTokens);
        into.Value("cost", NpgsqlDbType.Numeric, batch.Cost);
        into.Value("p_completed", NpgsqlDbType.Bigint, batch.Progress?.Completed);
        into.Value("p_total", NpgsqlDbType.Bigint, batch.Progress?.Total);
        into.Value("p_stage", NpgsqlDbType.Text, batch.Progress?.Stage);
        into.Value("p_detail", NpgsqlDbType.Text, batch.Progress?.Detail);
        into.Value("step", NpgsqlDbType.Text, batch.LastStep);
    }

    private static void FillJobs(ParameterFill into, IReadOnlyList<JobPen> pens)
    {
        var batches = pens.Select(p => p.InFlight!).ToArray();
        into.Array("job", NpgsqlDbType.Uuid, pens.Select(p => p.JobId));
        into.Array("epoch", NpgsqlDbType.Integer, pens.Select(p => p.Epoch));
        into.Array("write_no", NpgsqlDbType.Bigint, batches.Select(b => b.WriteNo));
        into.Array("n_events", NpgsqlDbType.Integer, batches.Select(b => b.EventCount));
        into.Array("n_steps", NpgsqlDbType.Integer, batches.Select(b => b.StepCount));
        into.Array("n_anomalies", NpgsqlDbType.Integer, batches.Select(b => b.AnomalyCount));
        into.Array("n_retries", NpgsqlDbType.Integer, batches.Select(b => b.Retries));
        into.Array("n_input", NpgsqlDbType.Bigint, batches.Select(b => b.InputTokens));
        into.Array("n_output", NpgsqlDbType.Bigint, batches.Select(b => b.OutputTokens));
        into.Array("cost", NpgsqlDbType.Numeric, batches.Select(b => b.Cost));
        into.Array("p_completed", NpgsqlDbType.Bigint, batches.Select(b => b.Progress?.Completed));
        into.Array("p_total", NpgsqlDbType.Bigint, batches.Select(b => b.Progress?.Total));
        into.Array("p_stage", NpgsqlDbType.Text, batches.Select(b => b.Progress?.Stage));
        into.Array("p_detail", NpgsqlDbType.Text, batches.Select(b => b.Progress?.Detail));
        into.Array("step", NpgsqlDbType.Text, batches.Select(b => b.LastStep));
    }

    private static void FillSteps(ParameterFill into, IReadOnlyList<JobPen> pens)
    {
        // An early 'running' and the end may name one key in a batch: the last one stands, and no 'running' unmakes an end.
        var rows = new List<(Guid Job, StepRecord Step, int? Event)>();
        foreach (var pen in pens)
        {
            var offset = 0;
            var own = new Dictionary<string, (Guid Job, StepRecord Step, int? Event)>(StringComparer.Ordinal);
            foreach (var part in pen.InFlight!.Parts)
            {
                foreach (
                    var step in part.Steps.Where(s =>
                        s.State != "running" || !own.TryGetValue(s.Key, out var row) || row.Step.State == "running"
                    )
                )
                    own[step.Key] = (pen.JobId, step, step.EventIndex is { } at ? offset + at + 1 : null);
                offset += part.Events.Count;
            }
            rows.AddRange(own.Values);
        }
        into.Array("s_job", NpgsqlDbType.Uuid, rows.Select(r => r.Job));
        into.Array("s_key", NpgsqlDbType.Text, rows.Select(r => r.Step.Key));
        into.Array("s_name", NpgsqlDbType.Text, rows.Select(r => r.Step.Name));
        into.Array("s_kind", NpgsqlDbType.Text, rows.Select(r => r.Step.Kind));
        into.Array("s_state", NpgsqlDbType.Text, rows.Select(r => r.Step.State));
        into.Array("s_event", NpgsqlDbType.Integer, rows.Select(r => r.Event));
        into.Array("s_attempt", NpgsqlDbType.Integer, rows.Select(r => r.Step.Attempt));
        into.Array("s_hash", NpgsqlDbType.Bytea, rows.Select(r => r.Step.InputHash));
        into.Array("s_result", NpgsqlDbType.Bytea, rows.Select(r => r.Step.Result));
        into.Array("s_error", NpgsqlDbType.Text, rows.Select(r => r.Step.Error));
        into.Array("s_service", NpgsqlDbType.Text, rows.Select(r => r.Step.Service));
        into.Array("s_usage", NpgsqlDbType.Text, rows.Select(r => r.Step.Usage));
        into.Array("s_elapsed", NpgsqlDbType.Double, rows.Select(r => r.Step.ElapsedMs));
    }

    private static void FillEvents(ParameterFill into, IReadOnlyList<JobPen> pens)
    {
        var rows = pens.SelectMany(pen =>
                pen.InFlight!.Numbered().Select(e => (Job: pen.JobId, e.Index, e.Event, e.Final))
            )
            .ToArray();
        into.Array("e_job", NpgsqlDbType.Uuid, rows.Select(r => r.Job));
        into.Array("e_idx", NpgsqlDbType.Integer, rows.Select(r => r.Index));
        into.Array("e_type", NpgsqlDbType.Text, rows.Select(r => r.Event.Type));
        into.Array("e_level", NpgsqlDbType.Text, rows.Select(r => r.Event.Level));
        into.Array("e_message", NpgsqlDbType.Text, rows.Select(r => r.Event.Message));
        into.Array("e_data", NpgsqlDbType.Text, rows.Select(r => r.Event.Data));
        into.Array("e_actor", NpgsqlDbType.Text, rows.Select(r => r.Event.Actor));
        into.Array("e_final", NpgsqlDbType.Boolean, rows.Select(r => r.Final));
    }

    private static void FillEnds(ParameterFill into, IReadOnlyList<JobPen> pens)
    {
        var ends = pens.Select(p => p.InFlight!.End).ToArray();
        into.Array("want", NpgsqlDbType.Text, ends.Select(e => e?.State));
        into.Array("outcome", NpgsqlDbType.Text, ends.Select(e => e?.Outcome));
        into.Array("queue", NpgsqlDbType.Text, ends.Select(e => e?.Queue));
        into.Array("known_wakes", NpgsqlDbType.Integer, ends.Select(e => e?.Wakes ?? 0));
        into.Array("orderly", NpgsqlDbType.Boolean, ends.Select(e => e?.Orderly ?? true));
        into.Array("retry_seconds", NpgsqlDbType.Double, ends.Select(e => e?.RetrySeconds));
        into.Array("rested", NpgsqlDbType.Bigint, ends.Select(e => (long)(e?.Rested.TotalMilliseconds ?? 0)));
        into.Array("output", NpgsqlDbType.Bytea, ends.Select(e => e?.Output));
        into.Array("error", NpgsqlDbType.Text, ends.Select(e => e?.Error));
        into.Array("parent", NpgsqlDbType.Uuid, pens.Select(p => p.ParentId));
        into.Array("parent_key", NpgsqlDbType.Text, pens.Select(p => p.ParentKey));
    }

    private static void FillCheckpoints(ParameterFill into, IReadOnlyList<JobPen> pens)
    {
        var rows = pens.SelectMany(pen =>
                pen.InFlight!.Parts.SelectMany(c => c.Checkpoints)
                    .Select((c, i) => (Job: pen.JobId, Saved: c, Rank: i + 1))
            )
            .ToArray();
        into.Array("c_job", NpgsqlDbType.Uuid, rows.Select(r => r.Job));
        into.Array("c_key", NpgsqlDbType.Text, rows.Select(r => r.Saved.Key));
        into.Array("c_value", NpgsqlDbType.Bytea, rows.Select(r => r.Saved.Value));
        into.Array("c_step", NpgsqlDbType.Text, rows.Select(r => r.Saved.Step));
        into.Array("c_rank", NpgsqlDbType.Integer, rows.Select(r => r.Rank));
    }
}

/// <summary>How much a batch asks of its statement.</summary>
internal enum RecordForm
{
    /// <summary>Steps and events of one job.</summary>
    Single,

    /// <summary>Steps and events of several jobs.</summary>
    Lean,

    /// <summary>Checkpoints and ends too.</summary>
    Full,

    /// <summary>And the next jobs of the hands whose jobs ended.</summary>
    FullWithLeases,
}
