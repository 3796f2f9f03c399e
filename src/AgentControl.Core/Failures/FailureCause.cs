using System.Security.Cryptography;
using System.Text;

namespace AgentControl.Core.Failures;

/// <summary>Why a job failed, without what is another one in each job: two failures with the same <see cref="Fingerprint"/> are one trouble.</summary>
/// <param name="Type">The failure's type, such as <c>timeout</c> or an exception's name.</param>
/// <param name="Step">The step's name without its count; null where the job failed outside of a step.</param>
/// <param name="Service">The outside service that the step called; null where none is known.</param>
/// <param name="Title">One line for people.</param>
public sealed record FailureCause(
    string Agent,
    string Type,
    string? Step,
    string? Service,
    string Title,
    string Fingerprint
)
{
    /// <param name="step">The step's name or key; null where it failed outside of a step.</param>
    public static FailureCause Of(string agent, string type, string message, string? step, string? service)
    {
        ArgumentNullException.ThrowIfNull(agent);
        ArgumentNullException.ThrowIfNull(type);
        var name = step is null ? null : FailureText.Step(step);
        return new(
            agent,
            type,
            name,
            service,
            FailureText.Title(type, message),
            Hash([agent, type, name, service, FailureText.Normalise(message)])
        );
    }

    // Each part with its length, so that no two rows of parts read alike.
    private static string Hash(IEnumerable<string?> parts)
    {
        var text = new StringBuilder("1");
        foreach (var part in parts)
            text.Append('\n').Append(part?.Length ?? -1).Append(':').Append(part);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }
}
