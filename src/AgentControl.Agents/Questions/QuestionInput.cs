using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AgentControl.Agents.Questions;

/// <summary>What a person is asked.</summary>
public sealed record QuestionInput(
    [property: Description("The question, with what a person has to know to answer it."), DataType("textarea")]
        string Question,
    [property: Description("Answers to choose from, where there are only a few.")]
        IReadOnlyList<string>? Options = null,
    [property: Description("Groups or people who may answer. Left out: everyone with the approver role.")]
        IReadOnlyList<string>? Approvers = null,
    [property:
        Description("How long to wait for an answer, in seconds. Left out: as long as it takes."),
        Range(1, 31_536_000)
    ]
        int? AnswerWithinSeconds = null
);

/// <summary>How it was answered.</summary>
/// <param name="Answered">False where nobody answered in time.</param>
/// <param name="Answer">What the person chose or wrote.</param>
public sealed record QuestionOutput(bool Answered, string? Answer, string? Comment, string? AnsweredBy);
