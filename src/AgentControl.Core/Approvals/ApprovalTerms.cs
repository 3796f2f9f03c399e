using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentControl.Core.Approvals;

/// <summary>Who decides, by when, and what follows when nobody does. What is null is left to whoever comes next: the job's terms come before its agent's code.</summary>
public sealed record ApprovalTerms
{
    /// <summary>How many different people must approve.</summary>
    public int? Required { get; init; }

    /// <summary>Groups or people who may decide.</summary>
    public IReadOnlyList<string>? Approvers { get; init; }

    /// <summary>Whoever started the job may not decide.</summary>
    public bool? NotStarter { get; init; }

    public bool? HighRisk { get; init; }
    public int? DecideWithinSeconds { get; init; }
    public ApprovalExpiry? OnExpire { get; init; }

    /// <summary>Groups or people who may decide too when the time is over, one after the other.</summary>
    public IReadOnlyList<string>? EscalateTo { get; init; }

    public int? RemindEverySeconds { get; init; }

    /// <summary>How long a decision can be taken back before the agent hears of it.</summary>
    public int? GraceSeconds { get; init; }

    [JsonIgnore]
    public bool SaysNothing => this == new ApprovalTerms();

    /// <summary>Terms that were stored. What is no term says nothing.</summary>
    public static ApprovalTerms Stored(string? json)
    {
        if (json is null)
            return new ApprovalTerms();
        using var document = JsonDocument.Parse(json);
        return Read(document.RootElement, "", (_, _) => { }, isPolicy: true);
    }

    /// <summary>Reads the JSON object of a submission. Everything that is wrong is told with its field and the remedy.</summary>
    /// <param name="field">What the object is called, in front of its members.</param>
    /// <param name="isPolicy">Admins may say that waiting approves; whoever starts a job may not.</param>
    public static ApprovalTerms Read(
        JsonElement json,
        string field,
        Action<string, string> wrong,
        bool isPolicy = false
    )
    {
        ArgumentNullException.ThrowIfNull(wrong);
        var terms = new ApprovalTerms();
        if (json.ValueKind != JsonValueKind.Object)
        {
            wrong(field, $"Use an object with any of {string.Join(", ", ApprovalTermsRules.Fields)}.");
            return terms;
        }
        foreach (var member in json.EnumerateObject().Where(m => m.Value.ValueKind != JsonValueKind.Null))
        {
            if (!ApprovalTermsRules.Fields.Contains(member.Name))
                wrong($"{field}.{member.Name}", $"Unknown. Use {string.Join(", ", ApprovalTermsRules.Fields)}.");
            else if (ApprovalTermsRules.Take(terms, member) is { } taken)
                terms = taken;
            else
                wrong($"{field}.{member.Name}", ApprovalTermsRules.Shape(member.Name));
        }
        ApprovalTermsRules.Check(terms, isPolicy, (name, why) => wrong($"{field}.{name}", why));
        return terms;
    }

    /// <summary>
    /// The request as it is asked: what these terms say comes before the agent's code. They never make fewer people enough, let
    /// the starter decide, take the mark of high risk away, or hurry what is approved when nobody decides.
    /// </summary>
    public ApprovalRequest Over(ApprovalRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var hurries = (OnExpire ?? request.OnExpire) == ApprovalExpiry.Approve;
        return Apply(request) with { DecideWithin = hurries ? request.DecideWithin : Within(request) };
    }

    /// <summary>
    /// The request under a policy with these terms, which comes before the terms of the job and before the agent's code. Waiting
    /// approves only where the job does not say otherwise.
    /// </summary>
    /// <param name="job">What the job says itself.</param>
    public ApprovalRequest Rule(ApprovalRequest request, ApprovalTerms job)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(job);
        var said = job.Over(request);
        var stricter = OnExpire == ApprovalExpiry.Approve && job.OnExpire is not null;
        var terms = stricter ? this with { OnExpire = null, DecideWithinSeconds = null } : this;
        return terms.Apply(said) with { DecideWithin = terms.Within(said) };
    }

    private ApprovalRequest Apply(ApprovalRequest request)
    {
        var expiry = OnExpire ?? request.OnExpire;
        var risky = request.HighRisk || HighRisk == true;
        return request with
        {
            Required = Math.Max(Required ?? 1, request.Required),
            NotStarter = request.NotStarter || NotStarter == true,
            HighRisk = risky,
            Approvers = Approvers is { Count: > 0 } names ? names : request.Approvers,
            OnExpire = risky && expiry == ApprovalExpiry.Approve ? ApprovalExpiry.Reject : expiry,
            EscalateTo = EscalateTo is { Count: > 0 } next ? next : request.EscalateTo,
            RemindEvery = Time(RemindEverySeconds) ?? request.RemindEvery,
            Grace = Time(GraceSeconds) is { } grace && grace > request.Grace ? grace : request.Grace,
        };
    }

    private TimeSpan? Within(ApprovalRequest request) => Time(DecideWithinSeconds) ?? request.DecideWithin;

    private static TimeSpan? Time(int? seconds) => seconds is { } given ? TimeSpan.FromSeconds(given) : null;
}
