using System.Text.Json;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Access;
using AgentControl.Engine.Dispatch;
using AgentControl.Engine.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Maintenance;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Approvals;

/// <summary>People's decisions: each is one transaction with the journal's answer and the wake-up.</summary>
public sealed class ApprovalCommands
{
    /// <summary>The most requests that are decided together.</summary>
    public const int MostTogether = 100;

    private readonly NpgsqlDataSource database;
    private readonly EventFeed feed;
    private readonly Bells bells;
    private readonly TimerWaker timers;

    internal ApprovalCommands(NpgsqlDataSource database, EventFeed feed, Bells bells, TimerWaker timers) =>
        (this.database, this.feed, this.bells, this.timers) = (database, feed, bells, timers);

    /// <summary>Refuses whoever may not decide, by <see cref="ApprovalAccess"/>.</summary>
    /// <param name="revision">The revision that was shown: another one is refused.</param>
    public async Task<DecideOutcome> DecideAsync(
        Guid id,
        ApprovalDecision decision,
        int revision,
        string? comment,
        JsonElement? value,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(caller);
        var said = new Decision(decision, Texts.Clean(comment, int.MaxValue), value, caller.Actor);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await PendingApproval.LockAsync(connection, id) is not { } shown)
            return new DecideOutcome.NotFound();
        if (Refusal(shown, revision, said, caller) is { } refusal)
            return refusal;
        var written = await DecisionWriter.WriteAsync(connection, shown, said);
        await transaction.CommitAsync(cancellationToken);
        await TellAsync(connection, [(shown, written)], decision, cancellationToken);
        return Outcome(shown, decision, written);
    }

    /// <summary>Decides like requests of several jobs, all or none.</summary>
    /// <param name="shown">The requests with the revisions that were shown.</param>
    public async Task<DecideAllOutcome> DecideAllAsync(
        IReadOnlyCollection<(Guid Id, int Revision)> shown,
        ApprovalDecision decision,
        string? comment,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(shown);
        ArgumentNullException.ThrowIfNull(caller);
        if (shown.Count is 0 or > MostTogether || shown.DistinctBy(s => s.Id).Count() < shown.Count)
            return Wrong("items", $"Name 1 to {MostTogether} requests, each once.");
        if (decision is not (ApprovalDecision.Approve or ApprovalDecision.Reject))
            return Wrong("decision", "Several are approved or rejected together. Answer, edit and choose one by one.");
        var said = new Decision(decision, Texts.Clean(comment, int.MaxValue), null, caller.Actor);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (locked, refused) = await LockAllAsync(connection, shown, said, caller);
        if (locked.Select(a => (a.Agent, a.Action, a.Turn.Workspace)).Distinct().Count() > 1)
            return Wrong("items", "Only requests of one agent for one action in one workspace are decided together.");
        if (locked.FirstOrDefault(a => a.HighRisk) is { } risky)
            return Wrong("items", $"'{risky.Title}' is high risk: it is decided by itself.");
        if (refused.Count > 0)
            return new DecideAllOutcome.Refused(refused);
        var written = new List<(PendingApproval Shown, WrittenDecision Written)>();
        foreach (var one in locked)
            written.Add((one, await DecisionWriter.WriteAsync(connection, one, said)));
        await transaction.CommitAsync(cancellationToken);
        await TellAsync(connection, written, decision, cancellationToken);
        return new DecideAllOutcome.Decided([.. written.Select(w => Outcome(w.Shown, decision, w.Written))]);
    }

    private static DecideAllOutcome.Invalid Wrong(string field, string why) =>
        new(new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [why] });

    /// <summary>Locks jobs in the order of their ids, so that two such calls never wait for each other.</summary>
    private static async Task<(List<PendingApproval> Locked, Dictionary<Guid, DecideOutcome> Refused)> LockAllAsync(
        NpgsqlConnection connection,
        IReadOnlyCollection<(Guid Id, int Revision)> shown,
        Decision said,
        Caller caller
    )
    {
        var revisions = shown.ToDictionary(s => s.Id, s => s.Revision);
        var ordered = new List<Guid>();
        await using (
            var command = Sql.Command(
                connection,
                "SELECT id FROM approvals WHERE id = ANY($1) ORDER BY job_id, id",
                revisions.Keys.ToArray()
            )
        )
        await using (var row = await command.ExecuteReaderAsync())
        {
            while (await row.ReadAsync())
                ordered.Add(row.GetGuid(0));
        }
        var locked = new List<PendingApproval>();
        var refused = revisions
            .Keys.Except(ordered)
            .ToDictionary(id => id, DecideOutcome (_) => new DecideOutcome.NotFound());
        foreach (var id in ordered)
        {
            var one = (await PendingApproval.LockAsync(connection, id))!;
            locked.Add(one);
            if (Refusal(one, revisions[id], said, caller) is { } refusal)
                refused[id] = refusal;
        }
        return (locked, refused);
    }

    /// <summary>Why it cannot be decided so; null where it can. Asked under the lock: who may decide can have changed since the request was shown.</summary>
    private static DecideOutcome? Refusal(PendingApproval shown, int revision, Decision said, Caller caller)
    {
        if (shown.State != "pending")
            return new DecideOutcome.AlreadyDecided(shown.State, shown.DecidedBy, shown.DecidedAt, shown.Comment);
        if (ApprovalAccess.Refusal(shown.Turn, caller) is { } refusal)
            return new DecideOutcome.Forbidden(refusal);
        if (shown.Revision != revision)
            return new DecideOutcome.Changed(shown.Revision);
        return shown.Check(said.Kind, said.Comment, said.Value) is { } errors
            ? new DecideOutcome.Invalid(errors)
            : null;
    }

    private static DecideOutcome.Decided Outcome(
        PendingApproval shown,
        ApprovalDecision decision,
        WrittenDecision written
    ) =>
        new(
            shown.Id,
            shown.JobId,
            written.Missing == 0 ? PendingApproval.StateOf(decision) : "pending",
            written.Missing
        )
        {
            DeliverAt = written.DeliverAt,
        };

    /// <summary>Behind the commit: first of all the hand that goes on with the jobs, people wait for it.</summary>
    private async Task TellAsync(
        NpgsqlConnection connection,
        IReadOnlyList<(PendingApproval Shown, WrittenDecision Written)> decided,
        ApprovalDecision decision,
        CancellationToken cancellationToken
    )
    {
        if (decided.Any(d => d.Written.Delivered))
            bells.RingResume();
        if (decided.Any(d => d.Written.DeliverAt is not null))
            timers.Ring();
        foreach (var (shown, written) in decided)
        {
            var ends = decision == ApprovalDecision.Reject && written.Delivered;
            feed.Publish(
                ends ? await JobLog.ReadSinceAsync(connection, shown.JobId, written.Events[0].No - 1) : written.Events
            );
            if (!ends)
                continue;
            // A refusal may end the job while other branches of it run.
            bells.Nudge(shown.JobId);
            await bells.RingForJobAsync(shown.JobId, cancellationToken);
        }
    }
}
