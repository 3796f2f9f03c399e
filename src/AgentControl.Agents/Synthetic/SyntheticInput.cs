using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AgentControl.Agents.Synthetic;

/// <summary>What a synthetic job is to do.</summary>
public sealed record SyntheticInput
{
    [Description("How many steps run one after the other."), Range(0, 100_000)]
    public int Steps { get; init; } = 100;

    [Description("Size of each step's result in bytes of JSON."), Range(2, 1_048_576)]
    public int PayloadBytes { get; init; } = 1024;

    [Description("How long each step works, in milliseconds."), Range(0, 86_400_000)]
    public int StepMilliseconds { get; init; }

    [Description("How many children of the same kind are started after the steps."), Range(0, 100_000)]
    public int Children { get; init; }

    [Description("The queue of the children.")]
    public string ChildQueue { get; init; } = "default";

    [Description("Ask for approval before this step (1 is the first).")]
    public int? ApprovalAtStep { get; init; }

    [Description("This step fails before it succeeds (1 is the first).")]
    public int? FailAtStep { get; init; }

    [Description("How often it fails."), Range(0, 1_000)]
    public int FailTimes { get; init; }

    [Description("The HTTP status it fails with."), Range(100, 599)]
    public int FailStatus { get; init; } = 503;
}

/// <summary>What a synthetic job did.</summary>
/// <param name="Steps">How many steps it recorded.</param>
/// <param name="Checksum">SHA-256 over all results in order: equal for equal inputs, however often the job was interrupted.</param>
public sealed record SyntheticOutput(int Steps, string Checksum);
