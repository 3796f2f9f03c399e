using System.Globalization;
using AgentControl.Web.Jobs.Form;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs.New;

/// <summary>The control of one field, with label, help and error; groups and lists draw their own fields inside.</summary>
public sealed partial class SchemaFieldView
{
    [Parameter, EditorRequired]
    public SchemaField Field { get; set; } = null!;

    [Parameter, EditorRequired]
    public SchemaForm Form { get; set; } = null!;

    [Parameter]
    public EventCallback OnChange { get; set; }

    private string Label =>
        Field.Label.Length == 0 ? "Input"
        : Field.Required && Field.Kind is not (FieldKind.Group or FieldKind.Switch) ? Field.Label + " *"
        : Field.Label;

    private string? Error => Form.ErrorOf(Field);

    private string? Invalid => Error is null ? null : "true";

    private string? Describes =>
        (Field.Schema.Help, Error) is (null, null) ? null : $"{Field.Id}-help {Field.Id}-error";

    private string InputType =>
        Field.Kind switch
        {
            FieldKind.Password => "password",
            FieldKind.Email => "email",
            FieldKind.Uri => "url",
            FieldKind.Date => "date",
            FieldKind.DateTime => "datetime-local",
            _ => "text",
        };

    private RenderFragment Help =>
        builder =>
        {
            if (Field.Schema.Help is not { } help)
                return;
            builder.OpenElement(0, "span");
            builder.AddAttribute(1, "class", "ac-help");
            builder.AddAttribute(2, "id", Field.Id + "-help");
            builder.AddContent(3, help);
            builder.CloseElement();
        };

    private RenderFragment ErrorText =>
        builder =>
        {
            if (Error is not { } error)
                return;
            builder.OpenElement(0, "span");
            builder.AddAttribute(1, "class", "ac-error");
            builder.AddAttribute(2, "id", Field.Id + "-error");
            builder.AddContent(3, error);
            builder.CloseElement();
        };

    // The browser's field for a moment knows neither zone nor offset: it shows and takes UTC, and the value says so.
    private string? Shown =>
        Field.Kind == FieldKind.DateTime
        && DateTimeOffset.TryParse(
            Field.Text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var moment
        )
            ? moment.UtcDateTime.ToString(
                moment.Second == 0 && moment.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm" : "yyyy-MM-dd'T'HH:mm:ss.FFF",
                CultureInfo.InvariantCulture
            )
            : Field.Text;

    private Task SetAsync(string? typed)
    {
        var isMoment =
            Field.Kind == FieldKind.DateTime
            && DateTime.TryParse(typed, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
        return ChangeAsync(() => Field.Text = isMoment ? $"{typed}{(typed!.Length == 16 ? ":00" : "")}Z" : typed);
    }

    private Task ChangeAsync(Action change)
    {
        change();
        return OnChange.InvokeAsync();
    }
}
