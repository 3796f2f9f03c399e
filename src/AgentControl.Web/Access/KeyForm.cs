using AgentControl.Engine.Access;

namespace AgentControl.Web.Access;

/// <summary>What the page of keys asks for.</summary>
internal sealed class KeyForm
{
    public static readonly IReadOnlyList<(int Days, string Text)> Choices =
    [
        (90, "In 90 days"),
        (30, "In 30 days"),
        (365, "In a year"),
        (0, "Never"),
    ];

    public string? Name { get; set; }
    public Role Role { get; set; } = Role.Operator;
    public bool IsMine { get; set; }

    /// <summary>Days until the key expires; 0 means never.</summary>
    public int Days { get; set; } = Choices[0].Days;

    public NewApiKey ToKey(Caller who, DateTimeOffset now) =>
        new(Name?.Trim(), Role)
        {
            OwnerId = IsMine ? who.PersonId : null,
            ExpiresAt = Days == 0 ? null : now.AddDays(Days),
        };
}
