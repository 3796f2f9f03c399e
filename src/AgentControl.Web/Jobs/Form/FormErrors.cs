using System.Globalization;
using System.Net.Mail;
using System.Text.Json;

namespace AgentControl.Web.Jobs.Form;

/// <summary>What is wrong with one field, and how to put it right.</summary>
public sealed record FieldError(string Path, string FieldId, string Message);

/// <summary>Checks a filled form against its schema.</summary>
internal static class FormErrors
{
    public static IReadOnlyList<FieldError> Of(SchemaField root) =>
        [
            .. Asked(root)
                .Select(field => (field, message: Check(field)))
                .Where(found => found.message is not null)
                .Select(found => new FieldError(found.field.Path, found.field.Id, found.message!)),
        ];

    /// <summary>What stands inside an optional group that was left empty is not asked for.</summary>
    private static IEnumerable<SchemaField> Asked(SchemaField field) =>
        !field.Required && field.IsEmpty
            ? [field]
            :
            [
                field,
                .. field.Members.Concat(field.Items).SelectMany(Asked),
                .. field.Inner is { } inner ? Asked(inner) : [],
            ];

    private static string? Check(SchemaField field)
    {
        if (field.IsEmpty)
            return field.Required && field.Kind is not (FieldKind.Group or FieldKind.OneOf) ? Missing(field) : null;
        if (field.Kind != field.Schema.Kind)
            return $"{Name(field)} is not {Expected(field.Schema.Kind)}. Change it, or clear it.";
        return field.Text is { } text ? CheckText(field, text) : null;
    }

    private static string? CheckText(SchemaField field, string text)
    {
        var name = Name(field);
        return field.Kind switch
        {
            FieldKind.Number => CheckNumber(field, name, text),
            FieldKind.Date
                when !DateOnly.TryParseExact(
                    text,
                    "yyyy-MM-dd",
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.None,
                    out _
                ) => $"{name} is no date. Write it as 2026-12-31.",
            FieldKind.DateTime
                when !DateTimeOffset.TryParse(
                    text,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal,
                    out _
                ) => $"{name} is no time. Write it as 2026-12-31T15:00.",
            FieldKind.Email when !MailAddress.TryCreate(text, out _) => $"{name} is no e-mail address.",
            FieldKind.Uri when !Uri.TryCreate(text, UriKind.Absolute, out _) =>
                $"{name} is no address. Start it with https://.",
            FieldKind.Radio or FieldKind.Select when !field.Schema.Options.Contains(text, StringComparer.Ordinal) =>
                $"{name} must be one of: {string.Join(", ", field.Schema.Options)}.",
            FieldKind.Json when !FormJson.Parse(text, out _) => $"{name} is no valid JSON.",
            _ when field.Schema.MaxLength is { } most && text.Length > most => string.Create(
                CultureInfo.InvariantCulture,
                $"{name} has {text.Length:N0} characters; at most {most:N0} are allowed."
            ),
            _ => null,
        };
    }

    private static string? CheckNumber(SchemaField field, string name, string text)
    {
        if (FormJson.Number(text)?.GetValue<JsonElement>() is not { } number || !number.TryGetDouble(out var value))
            return $"{name} is no number.";
        if (field.Schema.WholeNumber && !number.TryGetInt64(out _))
            return $"{name} must be a whole number.";
        if (field.Schema.Minimum is { } least && value < least)
            return string.Create(CultureInfo.InvariantCulture, $"{name} must be at least {least}.");
        if (field.Schema.Maximum is { } most && value > most)
            return string.Create(CultureInfo.InvariantCulture, $"{name} must be at most {most}.");
        return null;
    }

    private static string Expected(FieldKind kind) =>
        kind switch
        {
            FieldKind.Group => "an object",
            FieldKind.List => "a list",
            FieldKind.Switch => "true or false",
            FieldKind.Number => "a number",
            FieldKind.OneOf => "one of the allowed kinds",
            _ => "text",
        };

    private static string Missing(SchemaField field) =>
        field.IsLine ? $"{Name(field)} is empty. Fill it in, or remove it." : $"{Name(field)} is missing. Fill it in.";

    private static string Name(SchemaField field) => field.FullLabel.Length == 0 ? "The input" : field.FullLabel;
}
