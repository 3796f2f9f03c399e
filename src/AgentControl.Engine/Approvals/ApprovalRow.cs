using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace AgentControl.Engine.Approvals;

/// <summary>A question to people, with everything that was shown.</summary>
public sealed class ApprovalRow
{
    public Guid Id { get; init; }
    public Guid JobId { get; init; }
    public required string Key { get; init; }
    public int Generation { get; init; }
    public required string Workspace { get; init; }

    /// <summary>approval, question, outcomeUnknown, nonDeterminism or budget.</summary>
    public required string Kind { get; init; }

    /// <summary>The job's agent and what it wants to do: what policies and standing rules go by. Empty where the agent names nothing.</summary>
    public string Agent { get; init; } = "";
    public string Action { get; init; } = "";
    public required string Title { get; init; }
    public required string Body { get; init; }

    /// <summary>The exact bytes that are decided upon.</summary>
    public required byte[] Content { get; init; }
    public required string ContentType { get; init; }
    public required byte[] Sha256 { get; init; }

    /// <summary>The JSON Schema of an edit; null where any text is one.</summary>
    public string? EditSchema { get; init; }

    /// <summary>Grows when the content changes; a decision names the revision it saw.</summary>
    public int Revision { get; set; }

    /// <summary>Possible decisions, lower camel.</summary>
    public string[] Decisions { get; init; } = [];

    /// <summary>Options of a choice as a JSON array of {value,label,detail}.</summary>
    public string? Options { get; init; }
    public int Required { get; init; }
    public string[] Approvers { get; init; } = [];

    /// <summary>Whoever started the job may not decide.</summary>
    public bool NotStarter { get; init; }

    /// <summary>The person who started the job, or the one that it is a child of; null for programs and schedules.</summary>
    public Guid? Starter { get; init; }

    /// <summary>Approving takes a comment.</summary>
    public bool HighRisk { get; init; }

    /// <summary>Who may decide too when the time is over; the first is the next.</summary>
    public string[] EscalateTo { get; init; } = [];

    /// <summary>The time of each of them, as of the first.</summary>
    public TimeSpan? DecideWithin { get; init; }
    public TimeSpan? RemindEvery { get; init; }
    public DateTimeOffset? NextReminder { get; init; }

    /// <summary>How often people were reminded.</summary>
    public int Reminded { get; init; }
    public DateTimeOffset RequestedAt { get; init; }
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>From when on it is overdue; null once that was told, and for questions that were asked before there was such a time.</summary>
    public DateTimeOffset? RemindAt { get; init; }

    /// <summary>reject, approve, escalate or fail.</summary>
    public required string OnExpire { get; init; }

    /// <summary>return or cancel.</summary>
    public required string OnReject { get; init; }

    /// <summary>pending, approved, rejected, responded, edited, chosen, expired or cancelled.</summary>
    public required string State { get; set; }
    public DateTimeOffset? DecidedAt { get; set; }
    public string? DecidedBy { get; set; }
    public string? DecidedFrom { get; set; }
    public string? Comment { get; set; }

    /// <summary>Edited content, answer or chosen value as JSON.</summary>
    public string? Value { get; set; }

    /// <summary>How long a decision can be taken back.</summary>
    public TimeSpan Grace { get; init; }

    /// <summary>When a decision that can still be taken back reaches the agent; null once it did, and without grace.</summary>
    public DateTimeOffset? DeliverAt { get; init; }

    /// <summary>Who decided last, so that they can take it back.</summary>
    public string? DecidedVoter { get; init; }

    /// <summary>The standing rule that decided it.</summary>
    public Guid? RuleId { get; init; }

    /// <summary>Somebody asked for more before deciding, and nobody has answered yet.</summary>
    public string? InfoAskedBy { get; init; }
}

/// <summary>One person's vote.</summary>
public sealed class ApprovalVoteRow
{
    public Guid ApprovalId { get; init; }
    public required string Voter { get; init; }
    public required string VoterName { get; init; }
    public required string Decision { get; init; }
    public int Revision { get; init; }
    public string? Comment { get; init; }
    public DateTimeOffset At { get; init; }
}

internal sealed class ApprovalMapping : IEntityTypeConfiguration<ApprovalRow>
{
    public void Configure(EntityTypeBuilder<ApprovalRow> approval)
    {
        approval.ToTable(
            "approvals",
            t => t.HasCheckConstraint("ck_approvals_decided", "(state = 'pending') = (decided_at IS NULL)")
        );
        approval.HasKey(a => a.Id);
        approval.Property(a => a.Id).ValueGeneratedNever();
        approval
            .HasIndex(a => new
            {
                a.JobId,
                a.Key,
                a.Generation,
            })
            .IsUnique();
        approval.HasIndex(a => new { a.State, a.Id });
        approval
            .HasIndex(a => new
            {
                a.Agent,
                a.Action,
                a.Workspace,
                a.DecidedAt,
            })
            .HasFilter("decided_at IS NOT NULL");
        approval.HasIndex(a => a.RuleId).HasFilter("rule_id IS NOT NULL");
        approval.HasIndex(a => a.NextReminder).HasFilter("state = 'pending' AND next_reminder IS NOT NULL");
        approval.HasIndex(a => a.RemindAt).HasFilter("state = 'pending' AND remind_at IS NOT NULL");
    }
}

/// <summary>Until when a request is out of one person's way.</summary>
public sealed class ApprovalSnoozeRow
{
    public Guid ApprovalId { get; init; }
    public required string Voter { get; init; }
    public required string VoterName { get; init; }
    public DateTimeOffset Until { get; init; }
}

internal sealed class ApprovalSnoozeMapping : IEntityTypeConfiguration<ApprovalSnoozeRow>
{
    public void Configure(EntityTypeBuilder<ApprovalSnoozeRow> snooze)
    {
        snooze.ToTable("approval_snoozes");
        snooze.HasKey(s => new { s.ApprovalId, s.Voter });
        snooze.HasIndex(s => s.Until);
        snooze.HasOne<ApprovalRow>().WithMany().HasForeignKey(s => s.ApprovalId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class ApprovalVoteMapping : IEntityTypeConfiguration<ApprovalVoteRow>
{
    public void Configure(EntityTypeBuilder<ApprovalVoteRow> vote)
    {
        vote.ToTable("approval_votes");
        vote.HasKey(v => new
        {
            v.ApprovalId,
            v.Voter,
            v.Revision,
        });
    }
}
