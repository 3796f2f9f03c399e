using System.Diagnostics.CodeAnalysis;

namespace AgentControl.Core.LanguageModels;

/// <summary>One model of one provider.</summary>
/// <param name="Provider">A name of <c>AgentControl:Providers</c>; the service whose policy and circuit apply.</param>
/// <param name="Model">The provider's own name for the model.</param>
public sealed record ModelTarget(string Provider, string Model)
{
    /// <summary>How many tokens it takes in and gives out together; null where it is not known.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>Reads <c>provider:model</c>; the model's name may hold further colons.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ModelTarget? target)
    {
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        target = colon > 0 && colon < text!.Length - 1 ? new(text[..colon], text[(colon + 1)..]) : null;
        return target is not null;
    }

    /// <exception cref="FormatException">It is no <c>provider:model</c>.</exception>
    public static ModelTarget Parse(string text) =>
        TryParse(text, out var target)
            ? target
            : throw new FormatException($"'{text}' names no model. Write provider:model, such as anthropic:claude-x.");

    /// <summary><c>provider:model</c>.</summary>
    public override string ToString() => $"{Provider}:{Model}";
}
