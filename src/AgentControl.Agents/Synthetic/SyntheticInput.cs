using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AgentControl.Agents.Synthetic;

/// <summary>What a synthetic job is to do. Defaults stand in the constructor, so that the schema and the form tell them.</summary>
public sealed record SyntheticInput(
    [property: Description("How many steps run one after the other."), Range(0, 100_000)] int Steps = 100,
    [property: Description("Size of each step's result in bytes of JSON."), Range(2, 1_048_576)]
        int PayloadBytes = 1024,
    [property: Description("How long each step works, in milliseconds."), Range(0, 86_400_000)]
        int StepMilliseconds = 0,
    [property: Description("How many children of the same kind are started after the steps."), Range(0, 100_000)]
        int Children = 0,
    [property: Description("The queue of the children.")] string ChildQueue = "default",
    [property: Description("Ask for approval before this step (1 is the first).")] int? ApprovalAtStep = null,
    [property: Description("This step fails before it succeeds (1 is the first).")] int? FailAtStep = null,
    [property: Description("How often it fails."), Range(0, 1_000)] int FailTimes = 0,
    [property: Description("The HTTP status it fails with."), Range(100, 599)] int FailStatus = 503,
    [property: Description("Each step asks this route of models instead, such as default.")] string? ModelRoute = null,
    [property: Description("Each step calls this service, under its policy.")] string? Service = null,
    [property: Description("All steps get the same input, as in a loop.")] bool SameInput = false,
    [property: Description("This step works longer than the others (1 is the first).")] int? SlowAtStep = null,
    [property: Description("How long it works, in milliseconds."), Range(0, 86_400_000)] int SlowMilliseconds = 0
);

/// <summary>What a synthetic job did.</summary>
/// <param name="Steps">How many steps it recorded.</param>
/// <param name="Checksum">SHA-256 over all results in order: equal for equal inputs, however often the job was interrupted.</param>
public sealed record SyntheticOutput(int Steps, string Checksum);
