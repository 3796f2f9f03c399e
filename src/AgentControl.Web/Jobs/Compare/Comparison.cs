using AgentControl.Core.Jobs;
using AgentControl.Engine.Jobs;
using AgentControl.Web.Shared;

namespace AgentControl.Web.Jobs.Compare;

/// <summary>Two runs beside each other, with one page of their steps.</summary>
/// <param name="First">The place of the first difference among the steps that are listed, from 0; null where they are alike.</param>
/// <param name="IsCut">A run has more steps than are compared.</param>
public sealed record Comparison(
    JobView A,
    JobView B,
    ValueDiff Input,
    ValueDiff Output,
    IReadOnlyList<StepPair> Steps,
    int Total,
    int Differing,
    int? First,
    bool IsCut
)
{
    /// <summary>Steps of one page.</summary>
    public const int PageSize = 100;

    public static Comparison Of(JobView a, JobView b, IReadOnlyList<StepPair> pairs, bool isCut, CompareAddress address)
    {
        var listed = address.OnlyDifferences ? [.. pairs.Where(p => p.Differs)] : pairs;
        var first = -1;
        for (var i = 0; i < listed.Count && first < 0; i++)
            first = listed[i].Differs ? i : -1;
        return new(
            a,
            b,
            ValueDiff.Of("input", a.Input, b.Input),
            ValueDiff.Of("output", a.Output, b.Output),
            [.. listed.Skip((address.Page - 1) * PageSize).Take(PageSize)],
            listed.Count,
            pairs.Count(p => p.Differs),
            first < 0 ? null : first,
            isCut
        );
    }

    public int Pages => Math.Max(1, (Total + PageSize - 1) / PageSize);

    /// <summary>The page with the first difference; null where there is none.</summary>
    public int? FirstPage => First / PageSize + 1;

    /// <summary>What is known of both runs, in words; a dash where nothing was recorded.</summary>
    public IReadOnlyList<(string Name, string OfA, string OfB)> Facts =>
        [
            Fact("Agent", j => $"{j.Agent} {j.AgentVersion}"),
            Fact(
                "Took",
                j => j is { StartedAt: { } start, FinishedAt: { } end } ? Formats.Duration(end - start) : null
            ),
            Fact("Worked", j => j.StartedAt is null ? null : Formats.Duration(TimeSpan.FromSeconds(j.WorkedSeconds))),
            Fact("Cost", j => j.Usage.CostUsd > 0 ? Formats.Cost(j.Usage.CostUsd) : null),
            Fact("Tokens", j => j.Usage.InputTokens + j.Usage.OutputTokens is var t and > 0 ? Formats.Number(t) : null),
            Fact("Recorded steps", j => Formats.Number(j.Steps)),
            Fact("Retries", j => Formats.Number(j.Usage.Retries)),
            Fact("Attempts", j => Formats.Number(j.Attempt)),
            Fact("Submitted by", j => j.SubmittedBy),
        ];

    public static string Side(JobFailure failure) =>
        failure.Step is { } step ? $"{step}: {failure.Message}" : failure.Message;

    private (string, string, string) Fact(string name, Func<JobView, string?> of) =>
        (name, of(A) ?? Formats.Unknown, of(B) ?? Formats.Unknown);
}
