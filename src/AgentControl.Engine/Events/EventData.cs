using System.Text.Json;
using AgentControl.Core.Json;

namespace AgentControl.Engine.Events;

/// <summary>The <c>data</c> objects of events, as JSON text.</summary>
internal static class EventData
{
    public static string Step(string key, string name, int attempt) =>
        Of(
            new
            {
                key,
                name,
                attempt,
            }
        );

    public static string Of<T>(T value) => JsonSerializer.Serialize(value, JournalJson.Options);
}
