using System.Text;
using System.Text.Json.Serialization;
using AgentControl.Core.Json;
using AgentControl.Engine.Budgets;

namespace AgentControl.Engine.Approvals;

/// <summary>A question to people with everything that is decided upon.</summary>
public sealed record ApprovalView
{
    public required Guid Id { get; init; }
    public required Guid JobId { get; init; }
    public required string JobShortId { get; init; }
    public required string JobName { get; init; }
    public required string Agent { get; init; }

    /// <summary>Who submitted the job.</summary>
    public required string SubmittedBy { get; init; }
    public required string Workspace { get; init; }
    public required string Key { get; init; }

    /// <summary>approval, question, outcomeUnknown, nonDeterminism or budget.</summary>
    public required string Kind { get; init; }

    /// <summary>What is done when it is approved, such as the name of a tool; null where the agent names nothing.</summary>
    public string? Action { get; init; }
    public required string Title { get; init; }
    public required string Body { get; init; }

    /// <summary>The exact text that is decided upon.</summary>
    public required string Content { get; init; }
    public required string ContentType { get; init; }

    /// <summary>Of the content's bytes, in lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The JSON Schema that an edit has to fit; null where any text is one.</summary>
    public RawJson? EditSchema { get; init; }
    public int Revision { get; init; }
    public required IReadOnlyList<string> Decisions { get; init; }
    public RawJson? Options { get; init; }
    public int Required { get; init; }
    public required IReadOnlyList<ApprovalVoteView> Votes { get; init; }
    public required IReadOnlyList<string> Approvers { get; init; }

    /// <summary>Whoever started the job may not decide; so too where more than one person is needed.</summary>
    public bool NotStarter { get; init; }

    /// <summary>Approving takes a comment.</summary>
    public bool HighRisk { get; init; }

    /// <summary>Who may decide too when the time is over; the first is the next.</summary>
    public IReadOnlyList<string> EscalateTo { get; init; } = [];

    /// <summary>How often people were reminded.</summary>
    public int Reminded { get; init; }

    /// <summary>The person who started the job, or the one that it is a child of.</summary>
    [JsonIgnore]
    public Guid? Starter { get; init; }
    public DateTimeOffset RequestedAt { get; init; }
    public DateTimeOffset? Deadline { get; init; }
    public required string OnExpire { get; init; }
    public required string OnReject { get; init; }

    /// <summary>pending, approved, rejected, responded, edited, chosen, expired or cancelled.</summary>
    public required string State { get; init; }
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>When the job went on, or ended, with the decision; null until then, and in lists.</summary>
    public DateTimeOffset? ResumedAt { get; init; }
    public string? DecidedBy { get; init; }
    public string? DecidedFrom { get; init; }
    public string? Comment { get; init; }
    public RawJson? Value { get; init; }

    /// <summary>Seconds in which a decision can be taken back before the agent hears of it.</summary>
    public double GraceSeconds { get; init; }

    /// <summary>When the agent hears of the decision, which can be taken back until then; null where it has heard.</summary>
    public DateTimeOffset? DeliverAt { get; init; }

    /// <summary>The standing rule that decided it.</summary>
    public Guid? RuleId { get; init; }

    /// <summary>Who asked for more before deciding, where nobody has answered yet.</summary>
    public string? InfoAskedBy { get; init; }

    /// <summary>Whose decision it was, so that they can take it back.</summary>
    [JsonIgnore]
    public string? DecidedVoter { get; init; }

    internal ApprovalTurn Turn => new(Workspace, Approvers, NotStarter, Starter, SubmittedBy);

    /// <summary>The limits that are spent, where this asks about a budget.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> SpentMeasures => BudgetKey.Parse(Key)?.Measures ?? [];

    internal static ApprovalView Of(ApprovalRow row, ApprovalJob job, IEnumerable<ApprovalVoteRow> votes) =>
        new()
        {
            Id = row.Id,
            JobId = row.JobId,
            JobShortId = job.ShortId,
            JobName = job.Name,
            Agent = job.Agent,
            SubmittedBy = job.SubmittedBy,
            Workspace = row.Workspace,
            Key = row.Key,
            Kind = row.Kind,
            Action = row.Action.Length == 0 ? null : row.Action,
            Title = row.Title,
            Body = row.Body,
            Content = Encoding.UTF8.GetString(row.Content),
            ContentType = row.ContentType,
            Sha256 = Convert.ToHexStringLower(row.Sha256),
            EditSchema = RawJson.Of(row.EditSchema),
            Revision = row.Revision,
            Decisions = row.Decisions,
            Options = RawJson.Of(row.Options),
            Required = row.Required,
            Votes =
            [
                .. votes
                    .OrderBy(v => v.At)
                    .Select(v => new ApprovalVoteView(v.VoterName, v.Decision, v.Revision, v.Comment, v.At)
                    {
                        Voter = v.Voter,
                    }),
            ],
            Approvers = row.Approvers,
            NotStarter = row.NotStarter || row.Required > 1,
            HighRisk = row.HighRisk,
            EscalateTo = row.EscalateTo,
            Reminded = row.Reminded,
            Starter = row.Starter,
            RequestedAt = row.RequestedAt,
            Deadline = row.Deadline,
            OnExpire = row.OnExpire,
            OnReject = row.OnReject,
            State = row.State,
            DecidedAt = row.DecidedAt,
            DecidedBy = row.DecidedBy,
            DecidedFrom = row.DecidedFrom,
            Comment = row.Comment,
            Value = RawJson.Of(row.Value),
            GraceSeconds = row.Grace.TotalSeconds,
            DeliverAt = row.DeliverAt,
            RuleId = row.RuleId,
            InfoAskedBy = row.InfoAskedBy,
            DecidedVoter = row.DecidedVoter,
        };
}

/// <summary>One person's vote.</summary>
public sealed record ApprovalVoteView(string By, string Decision, int Revision, string? Comment, DateTimeOffset At)
{
    [JsonIgnore]
    public string Voter { get; init; } = "";
}

/// <summary>What an approval shows of its job.</summary>
internal sealed record ApprovalJob(string ShortId, string Name, string Agent, string SubmittedBy);
