using AgentControl.Core.Events;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Workspaces;
using Npgsql;

namespace AgentControl.Engine.Approvals;

/// <summary>
/// Asks for more before a decision, and answers that. Questions and answers are comments on the request; it stays open, and its time goes on.
/// </summary>
public sealed class ApprovalInquiry(
    NpgsqlDataSource database,
    EventFeed feed,
    WorkspaceChanges changes,
    TimeProvider time
)
{
    private const int Longest = 10_000;

    /// <param name="question">Markdown. Whoever started the job is told of it.</param>
    public async Task<DecideOutcome> AskAsync(
        Guid id,
        string? question,
        Caller caller,
        CancellationToken cancellationToken
    ) => await SayAsync(id, "question", question, caller, asks: true, cancellationToken);

    /// <param name="answer">Markdown. Those who may decide are told of it.</param>
    public async Task<DecideOutcome> AnswerAsync(
        Guid id,
        string? answer,
        Caller caller,
        CancellationToken cancellationToken
    ) => await SayAsync(id, "answer", answer, caller, asks: false, cancellationToken);

    private async Task<DecideOutcome> SayAsync(
        Guid id,
        string field,
        string? text,
        Caller caller,
        bool asks,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (string.IsNullOrWhiteSpace(text) || text.Length > Longest)
            return Wrong(field, $"Write 1 to {Longest:N0} characters.");
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await PendingApproval.LockAsync(connection, id) is not { } shown)
            return new DecideOutcome.NotFound();
        if (shown.State != "pending")
            return new DecideOutcome.AlreadyDecided(shown.State, shown.DecidedBy, shown.DecidedAt, shown.Comment);
        if (asks && !ApprovalAccess.MayReassign(shown.Turn, caller))
            return new DecideOutcome.Forbidden(ApprovalAccess.Refusal(shown.Turn, caller)!);
        var by = caller.Actor.Name;
        await Sql.ExecuteAsync(
            connection,
            "UPDATE approvals SET info_asked_by = $2 WHERE id = $1",
            id,
            asks ? by : null
        );
        var comment = await WorkspaceComments.AddAsync(
            connection,
            new Comment(
                Guid.CreateVersion7(time.GetUtcNow()),
                shown.Turn.Workspace,
                new Author(caller.PersonId is null ? Author.ProgramKind : Author.PersonKind, by)
                {
                    Actor = caller.Actor,
                },
                text
            )
            {
                JobId = shown.JobId,
                Anchor = new CommentAnchor(CommentAnchor.ApprovalKind, id.ToString()),
            },
            cancellationToken
        );
        var said = await JobLog.AppendAsync(connection, shown.JobId, WorkspaceComments.EventOf(comment));
        var told = await JobLog.AppendAsync(
            connection,
            shown.JobId,
            new(
                asks ? EventTypes.ApprovalInfoAsked : EventTypes.ApprovalInfoGiven,
                asks ? $"{by} asks for more about '{shown.Title}'" : $"{by} answered about '{shown.Title}'",
                EventData.Of(new { approvalId = id, text = Texts.Clean(text, 2_000) }),
                Actor: by
            )
        );
        await AuditLog.AppendAsync(
            connection,
            transaction,
            new AuditEntry(caller.Actor, asks ? "approval.asked" : "approval.answered", $"approval:{id}")
            {
                TargetName = shown.Title,
                After = new { Text = Texts.Clean(text, 2_000) },
            },
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        changes.Publish(shown.Turn.Workspace);
        if (comment.Mentions.Count > 0)
            changes.PublishNames();
        feed.Publish([said, told]);
        return new DecideOutcome.Decided(id, shown.JobId, "pending", shown.Required);
    }

    private static DecideOutcome.Invalid Wrong(string field, string why) =>
        new(new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [why] });
}
