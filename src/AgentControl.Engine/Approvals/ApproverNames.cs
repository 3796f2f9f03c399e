using AgentControl.Core.Approvals;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Approvals;

/// <summary>Looks up whom terms of approvals name, so that no question waits for somebody who does not exist.</summary>
internal static class ApproverNames
{
    /// <summary>Adds an error for each term that names nobody.</summary>
    /// <param name="field">What the terms are called, in front of their names.</param>
    public static async Task CheckAsync(
        NpgsqlConnection connection,
        ApprovalTerms terms,
        string field,
        Dictionary<string, string[]> errors,
        CancellationToken cancellationToken
    )
    {
        await CheckAsync(connection, terms.Approvers, $"{field}.approvers", errors, cancellationToken);
        await CheckAsync(connection, terms.EscalateTo, $"{field}.escalateTo", errors, cancellationToken);
    }

    public static string Unknown(IEnumerable<string> names) =>
        $"Nobody is called {string.Join(", ", names)}. Use the names of groups or people, or their addresses.";

    private static async Task CheckAsync(
        NpgsqlConnection connection,
        IReadOnlyList<string>? names,
        string field,
        Dictionary<string, string[]> errors,
        CancellationToken cancellationToken
    )
    {
        if (names is not { Count: > 0 } || errors.ContainsKey(field))
            return;
        await using var command = Sql.Command(
            connection,
            """
            SELECT ARRAY(SELECT n.name FROM unnest($1::text[]) n(name) WHERE NOT EXISTS (SELECT 1 FROM groups g WHERE g.name = lower(n.name))
              AND NOT EXISTS (SELECT 1 FROM users u WHERE lower(u.display_name) = lower(n.name) OR lower(u.email) = lower(n.name) OR 'person:' || u.id = lower(n.name)))
            """,
            (object)names.ToArray()
        );
        if ((string[])(await command.ExecuteScalarAsync(cancellationToken))! is { Length: > 0 } unknown)
            errors[field] = [Unknown(unknown)];
    }
}
