using System.Text.Json;
using AgentControl.Core.Approvals;
using AgentControl.Core.Events;
using AgentControl.Core.Json;
using AgentControl.Engine.Approvals.Policies;
using AgentControl.Engine.Events;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Recording;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Waits;
using Npgsql;
using NpgsqlTypes;

namespace AgentControl.Engine.Approvals;

/// <summary>A request as it is asked: under the policy of its scope and the terms of its job, or decided by a standing rule at once.</summary>
internal sealed record AskedApproval(LeasedJob Job, OpenWait Wait, ApprovalRequest Request, Guid? Starter)
{
    private const int MaxBody = 100_000;

    private const string InsertSql = """
        INSERT INTO approvals (id, job_id, key, generation, workspace, kind, agent, action, title, body, content, content_type, edit_schema, sha256, revision, decisions, options,
                               required, approvers, not_starter, starter, high_risk, escalate_to, decide_within, remind_every, next_reminder, reminded,
                               requested_at, deadline, remind_at, on_expire, on_reject, grace, state, decided_at, decided_by, decided_from, comment, rule_id)
        VALUES (@approval, @job, @key, @generation, @workspace, @kind, @agent, @action, @title, @body, @content, @content_type, @edit_schema, @sha256, 1, @decisions, @options,
                @required, @approvers, @not_starter, @starter, @high_risk, @escalate_to, @due, @remind_every, ac_now() + @remind_every, 0,
                ac_now(), ac_now() + @due, ac_now() + @remind, @on_expire, @on_reject, @grace, @state, CASE WHEN @rule IS NOT NULL THEN ac_now() END, @by, @from, @comment, @rule)
        ON CONFLICT DO NOTHING
        """;

    /// <summary>What decides it without a person; null where a person has to.</summary>
    public StandingRule? Rule { get; init; }

    /// <summary>The approvals among waits that are about to be opened, by the waits' keys.</summary>
    public static async Task<IReadOnlyDictionary<string, AskedApproval>> OfAsync(
        NpgsqlConnection connection,
        LeasedJob job,
        IReadOnlyList<OpenWait> waits
    )
    {
        var asked = new Dictionary<string, AskedApproval>(StringComparer.Ordinal);
        JobTerms? terms = null;
        foreach (var wait in waits.Where(w => w.Approval is not null))
        {
            terms ??= await JobTerms.OfAsync(connection, job.Id);
            var book = await PolicyBook.ForAsync(connection, job.Agent, ActionOf(wait.Approval!), job.Workspace);
            var request = terms.Over(wait.Approval!, book.Policy);
            asked[wait.Key] = new AskedApproval(job, wait, request, terms.Starter)
            {
                Rule = book.RuleFor(request, terms.Starter, job.SubmittedBy),
            };
        }
        return asked;
    }

    /// <summary>The line of the log that asks; null where nobody is asked.</summary>
    public EventRecord? Requested =>
        Rule is not null
            ? null
            : new(
                EventTypes.ApprovalRequested,
                Request.Title,
                EventData.Of(
                    new
                    {
                        approvalId = Wait.ApprovalId,
                        kind = Request.Kind,
                        key = Wait.Key,
                    }
                )
            );

    /// <summary>The line of the log that says how the rule decided.</summary>
    public EventRecord? Decided =>
        Rule is not { } rule
            ? null
            : new(
                EventTypes.ApprovalDecided,
                $"{rule.Decider}: {PendingApproval.StateOf(rule.Decides)} '{Request.Title}' — {rule.Reason}",
                EventData.Of(
                    new
                    {
                        approvalId = Wait.ApprovalId,
                        decision = rule.Decides,
                        comment = rule.Reason,
                        sha256 = Convert.ToHexStringLower(Wait.Sha256),
                        ruleId = rule.Id,
                    }
                )
            );

    /// <summary>The rule's answer for the agent's code; null where its rejection ends the job.</summary>
    public async Task<byte[]?> AnswerAsync(NpgsqlConnection connection)
    {
        var rule = Rule!;
        if (rule.Decides == ApprovalDecision.Reject && Request.OnReject == ApprovalRejection.Cancel)
        {
            await ApprovalEnds.EndAsync(
                connection,
                Job.Id,
                "cancelled",
                "rejected",
                $"Rejected by {rule.Decider}: {rule.Reason}"
            );
            return null;
        }
        return JournalJson.Serialize(
            new ApprovalOutcome(
                rule.Decides,
                Expired: false,
                rule.Reason,
                null,
                rule.Decider,
                Convert.ToHexStringLower(Wait.Sha256)
            )
        );
    }

    /// <param name="remind">When it is overdue.</param>
    public async Task InsertAsync(NpgsqlConnection connection, TimeSpan? remind)
    {
        await using var command = new NpgsqlCommand(InsertSql, connection);
        void Add(string name, NpgsqlDbType type, object? value) =>
            command.Parameters.Add(new NpgsqlParameter(name, type) { Value = value ?? DBNull.Value });
        const NpgsqlDbType Texts = NpgsqlDbType.Array | NpgsqlDbType.Text;
        Add("approval", NpgsqlDbType.Uuid, Wait.ApprovalId);
        Add("job", NpgsqlDbType.Uuid, Job.Id);
        Add("key", NpgsqlDbType.Text, Wait.Key);
        Add("generation", NpgsqlDbType.Integer, Job.Generation);
        Add("workspace", NpgsqlDbType.Text, Job.Workspace);
        Add("kind", NpgsqlDbType.Text, Request.Kind);
        Add("agent", NpgsqlDbType.Text, Job.Agent);
        Add("action", NpgsqlDbType.Text, ActionOf(Request));
        Add("title", NpgsqlDbType.Text, Clean(Request.Title, 500));
        Add("body", NpgsqlDbType.Text, Clean(Request.Body, MaxBody));
        Add("content", NpgsqlDbType.Bytea, Wait.ContentBytes);
        Add("content_type", NpgsqlDbType.Text, Clean(Request.ContentType, 200));
        Add("edit_schema", NpgsqlDbType.Text, Request.EditSchema?.GetRawText());
        Add("sha256", NpgsqlDbType.Bytea, Wait.Sha256);
        Add("decisions", Texts, Request.Decisions.Select(d => Word(d)).ToArray());
        Add(
            "options",
            NpgsqlDbType.Text,
            Request.Options.Count == 0 ? null : JsonSerializer.Serialize(Request.Options, JournalJson.Options)
        );
        Add("required", NpgsqlDbType.Integer, Request.Required);
        Add("approvers", Texts, Names(Request.Approvers));
        Add("not_starter", NpgsqlDbType.Boolean, Request.NotStarter);
        Add("starter", NpgsqlDbType.Uuid, Starter);
        Add("high_risk", NpgsqlDbType.Boolean, Request.HighRisk);
        Add("escalate_to", Texts, Names(Request.EscalateTo));
        Add("due", NpgsqlDbType.Interval, Request.DecideWithin);
        Add("remind_every", NpgsqlDbType.Interval, Request.RemindEvery);
        Add("remind", NpgsqlDbType.Interval, remind);
        Add("on_expire", NpgsqlDbType.Text, Word(Request.OnExpire));
        Add("on_reject", NpgsqlDbType.Text, Word(Request.OnReject));
        Add("grace", NpgsqlDbType.Interval, Request.Grace);
        Add("state", NpgsqlDbType.Text, Rule is { } rule ? PendingApproval.StateOf(rule.Decides) : "pending");
        Add("by", NpgsqlDbType.Text, Rule?.Decider);
        Add("from", NpgsqlDbType.Text, Rule is null ? null : "rule");
        Add("comment", NpgsqlDbType.Text, Rule?.Reason);
        Add("rule", NpgsqlDbType.Uuid, Rule?.Id);
        await command.ExecuteNonQueryAsync();
    }

    private static string ActionOf(ApprovalRequest request) => Clean(request.Action ?? "", 200);

    private static string Clean(string text, int most) => Events.Texts.Clean(text, most);

    private static string[] Names(IReadOnlyList<string> names) => [.. names.Select(n => Clean(n, 200))];

#pragma warning disable CA1308 // the contract spells them in lower case
    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
#pragma warning restore CA1308
}
