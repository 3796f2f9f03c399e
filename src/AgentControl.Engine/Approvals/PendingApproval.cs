using System.Text.Json;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Budgets;
using AgentControl.Engine.Events;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Approvals;

/// <summary>An approval as a decision finds it, and what may be decided.</summary>
internal sealed record PendingApproval(
    Guid Id,
    Guid JobId,
    string Key,
    string Title,
    string State,
    int Revision,
    int Required,
    string OnReject,
    string Sha256,
    IReadOnlyList<string> Decisions,
    string? Options,
    string? DecidedBy,
    DateTimeOffset? DecidedAt,
    string? Comment,
    string? EditSchema,
    bool HighRisk,
    string Agent,
    string Action,
    ApprovalTurn Turn
)
{
    /// <summary>Longest comment or answer, in characters.</summary>
    private const int MaxComment = 20_000;

    /// <summary>The approval under the locks of its job's row and its own; null where there is none.</summary>
    public static async Task<PendingApproval?> LockAsync(NpgsqlConnection connection, Guid id)
    {
        // The job's row first, then the approval: every writer takes locks in this order.
        var job = await Sql.ScalarAsync<Guid?>(connection, "SELECT job_id FROM approvals WHERE id = $1", id);
        return job is { } known && await JobLog.LockAsync(connection, known) ? await LoadAsync(connection, id) : null;
    }

    private static async Task<PendingApproval> LoadAsync(NpgsqlConnection connection, Guid id)
    {
        await using var command = Sql.Command(
            connection,
            """
            SELECT a.id, a.job_id, a.key, a.title, a.state, a.revision, a.required, a.on_reject, encode(a.sha256, 'hex'), a.decisions, a.options, a.decided_by,
                   a.decided_at, a.comment, a.edit_schema, a.high_risk, a.workspace, a.approvers, a.not_starter, a.starter, j.submitted_by, a.agent, a.action
              FROM approvals a JOIN jobs j ON j.id = a.job_id WHERE a.id = $1 FOR UPDATE OF a
            """,
            id
        );
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return new PendingApproval(
            row.GetGuid(0),
            row.GetGuid(1),
            row.GetString(2),
            row.GetString(3),
            row.GetString(4),
            row.GetInt32(5),
            row.GetInt32(6),
            row.GetString(7),
            row.GetString(8),
            row.GetFieldValue<string[]>(9),
            row.IsDBNull(10) ? null : row.GetString(10),
            row.IsDBNull(11) ? null : row.GetString(11),
            row.IsDBNull(12) ? null : row.GetFieldValue<DateTimeOffset>(12),
            row.IsDBNull(13) ? null : row.GetString(13),
            row.IsDBNull(14) ? null : row.GetString(14),
            row.GetBoolean(15),
            row.GetString(21),
            row.GetString(22),
            new ApprovalTurn(
                row.GetString(16),
                row.GetFieldValue<string[]>(17),
                row.GetBoolean(18) || row.GetInt32(6) > 1,
                row.IsDBNull(19) ? null : row.GetGuid(19),
                row.GetString(20)
            )
        );
    }

    /// <summary>What is wrong with a decision, by field; null where nothing is.</summary>
    public IReadOnlyDictionary<string, string[]>? Check(ApprovalDecision decision, string? comment, JsonElement? value)
    {
        Dictionary<string, string[]> Wrong(string field, string why) => new() { [field] = [why] };
        if (!Decisions.Contains(Word(decision)))
            return Wrong(
                "decision",
                $"'{Word(decision)}' is not possible here. Use one of: {string.Join(", ", Decisions)}."
            );
        if (comment?.Length > MaxComment)
            return Wrong(
                "comment",
                $"The comment has {comment.Length:N0} characters; at most {MaxComment:N0} are kept."
            );
        return decision switch
        {
            ApprovalDecision.Approve or ApprovalDecision.Edit when HighRisk && string.IsNullOrWhiteSpace(comment) =>
                Wrong("comment", "Say why it is right: this is high risk, and approving it needs a comment."),
            ApprovalDecision.Reject when string.IsNullOrWhiteSpace(comment) => Wrong(
                "comment",
                "Say why: a rejection needs a reason."
            ),
            ApprovalDecision.Respond when value is null or { ValueKind: JsonValueKind.Null } => Wrong(
                "value",
                "Give the answer in 'value'."
            ),
            ApprovalDecision.Respond
                when BudgetKey.Parse(Key) is { } budget && BudgetAnswer.Problem(budget, value!.Value) is { } why =>
                Wrong("value", why),
            ApprovalDecision.Edit when value is null or { ValueKind: JsonValueKind.Null } => Wrong(
                "value",
                "Give the edited content in 'value'."
            ),
            ApprovalDecision.Edit when EditSchema is not null => EditProblems(value!.Value, EditSchema),
            ApprovalDecision.Choose when !IsOption(value) => Wrong("value", "Choose the value of one of the options."),
            _ => null,
        };
    }

    private static IReadOnlyDictionary<string, string[]>? EditProblems(JsonElement value, string schema)
    {
        var (_, errors) = EditedJson.Read(value, JsonElement.Parse(schema));
        return errors.Count == 0 ? null : errors;
    }

    private bool IsOption(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.String } chosen
        && Options is not null
        && JsonSerializer
            .Deserialize<ApprovalOption[]>(Options, Core.Json.JournalJson.Options)!
            .Any(o => o.Value == chosen.GetString());

#pragma warning disable CA1308 // the contract spells them in lower case
    public static string Word(ApprovalDecision decision) => decision.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>The decision behind a state that a decision made.</summary>
    public static ApprovalDecision DecisionOf(string state) =>
        Enum.GetValues<ApprovalDecision>().Single(decision => StateOf(decision) == state);

    public static string StateOf(ApprovalDecision decision) =>
        decision switch
        {
            ApprovalDecision.Approve => "approved",
            ApprovalDecision.Reject => "rejected",
            ApprovalDecision.Respond => "responded",
            ApprovalDecision.Edit => "edited",
            ApprovalDecision.Choose => "chosen",
            _ => throw new ArgumentOutOfRangeException(nameof(decision), decision, "Not a decision."),
        };
}
