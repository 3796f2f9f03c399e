using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Hosting;

/// <summary>Says in plain words which field of a body does not fit, and what would.</summary>
internal static partial class JsonMistakes
{
    public static ProblemHttpResult Explain(JsonException problem, Type target)
    {
        var path = problem.Path is { Length: > 2 } found ? found[2..] : "body";
        if (Unknown().Match(problem.Message) is { Success: true } unknown)
        {
            var owner =
                path == "body" || !path.Contains('.', StringComparison.Ordinal) ? target : TypeAt(target, Parent(path));
            var name = unknown.Groups["name"].Value;
            return Problems.BadField(
                name,
                $"Unknown field. Remove it, or use one of: {string.Join(", ", Fields(owner))}."
            );
        }
        if (problem.Message.Contains("Duplicate property", StringComparison.OrdinalIgnoreCase))
            return Problems.BadField(path, "The field stands there twice. Keep one.");
        return Problems.BadField(path, Expected(TypeAt(target, path)));
    }

    private static string Expected(Type? type)
    {
        type = type is null ? null : Nullable.GetUnderlyingType(type) ?? type;
        if (type is { IsEnum: true })
            return $"Use one of: {string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName))}.";
        return type switch
        {
            not null when type == typeof(string) => "Send a text in quotes.",
            not null when type == typeof(int) || type == typeof(long) || type == typeof(short) =>
                "Send a whole number.",
            not null when type == typeof(decimal) || type == typeof(double) => "Send a number.",
            not null when type == typeof(bool) => "Send true or false.",
            not null when type == typeof(Guid) => "Send an id, such as 0193f7a2-….",
            not null when type == typeof(DateTimeOffset) =>
                "Send an instant in ISO 8601, such as 2026-12-01T09:00:00Z.",
            not null when Item(type) is not null => "Send a list in square brackets.",
            _ => "Send a JSON object that fits /openapi/v1.json.",
        };
    }

    private static Type? TypeAt(Type target, string path)
    {
        Type? type = target;
        foreach (var segment in path.Split('.', '[').Where(s => s.Length > 0))
        {
            if (segment.EndsWith(']'))
                type = type is null ? null : Item(type);
            else
                type = type
                    ?.GetProperty(segment, BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance)
                    ?.PropertyType;
        }
        return type;
    }

    private static Type? Item(Type type) =>
        type.IsArray ? type.GetElementType()
        : type.IsGenericType && type.IsAssignableTo(typeof(System.Collections.IEnumerable))
            ? type.GetGenericArguments()[0]
        : null;

    private static string Parent(string path) => path[..path.LastIndexOf('.')];

    private static IEnumerable<string> Fields(Type? type) =>
        (type?.GetProperties(BindingFlags.Public | BindingFlags.Instance) ?? []).Select(p =>
            JsonNamingPolicy.CamelCase.ConvertName(p.Name)
        );

    [GeneratedRegex(
        "The JSON property '(?<name>[^']*)' could not be mapped",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        1000
    )]
    private static partial Regex Unknown();
}
