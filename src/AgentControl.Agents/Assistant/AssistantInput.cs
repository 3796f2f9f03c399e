using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AgentControl.Agents.Assistant;

/// <summary>What an assistant is to do.</summary>
public sealed record AssistantInput(
    [property:
        DisplayName("Task"),
        Description("What is to be done, in plain words. Files of the workspace may be named by their path."),
        DataType("textarea")
    ]
        string Task
) : IValidatableObject
{
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(Task))
            yield return new ValidationResult("Say what is to be done.", [nameof(Task)]);
    }
}

/// <summary>What an assistant answered.</summary>
/// <param name="Turns">How often the model was asked for its next words.</param>
/// <param name="ToolCalls">How many tools it called, the refused ones too.</param>
/// <param name="Definition">The version of the definition that the job kept from its beginning to its end.</param>
public sealed record AssistantOutput(string Answer, int Turns, int ToolCalls, string Definition);
