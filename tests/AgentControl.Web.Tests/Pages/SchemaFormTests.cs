using System.Text.Json.Nodes;
using AgentControl.Web.Jobs.Form;
using Xunit;

namespace AgentControl.Web.Tests.Pages;

public sealed class SchemaFormTests
{
    private const string Everything = """
        {
          "type": "object",
          "required": ["customer", "count", "mode"],
          "properties": {
            "customer": { "type": "string", "description": "Who pays", "examples": ["ACME GmbH"], "maxLength": 20 },
            "due": { "type": ["string", "null"], "format": "date" },
            "at": { "type": "string", "format": "date-time" },
            "mail": { "type": "string", "format": "email" },
            "site": { "type": "string", "format": "uri" },
            "notes": { "type": "string", "format": "textarea" },
            "secret": { "type": "string", "format": "password" },
            "mode": { "enum": ["fast", "careful"] },
            "country": { "enum": ["AT", "BE", "CH", "DE", "FR", "IT", null] },
            "dry": { "type": "boolean" },
            "count": { "type": ["string", "integer"], "pattern": "^-?(?:0|[1-9]\\d*)$", "minimum": 1, "maximum": 10, "default": 3 },
            "rate": { "type": "number" },
            "tags": { "type": "array", "items": { "type": "string" } },
            "lines": { "type": ["array", "null"], "items": { "type": "object", "required": ["nr"], "properties": { "nr": { "type": "integer" }, "text": { "type": "string" } } } },
            "address": { "type": "object", "properties": { "street": { "type": "string" } } },
            "pay": { "oneOf": [ { "type": "object", "title": "Card", "required": ["card"], "properties": { "card": { "type": "string" } } }, { "type": "number", "title": "Cash" } ] },
            "free": {}
          }
        }
        """;

    private static SchemaForm Form() => new(JsonNode.Parse(Everything)!);

    private static SchemaField Field(SchemaForm form, string path) => form.Root.All().First(f => f.Path == path);

    [Theory]
    [InlineData("customer", nameof(FieldKind.Text))]
    [InlineData("due", nameof(FieldKind.Date))]
    [InlineData("at", nameof(FieldKind.DateTime))]
    [InlineData("mail", nameof(FieldKind.Email))]
    [InlineData("site", nameof(FieldKind.Uri))]
    [InlineData("notes", nameof(FieldKind.TextArea))]
    [InlineData("secret", nameof(FieldKind.Password))]
    [InlineData("mode", nameof(FieldKind.Radio))]
    [InlineData("country", nameof(FieldKind.Select))]
    [InlineData("dry", nameof(FieldKind.Switch))]
    [InlineData("count", nameof(FieldKind.Number))]
    [InlineData("rate", nameof(FieldKind.Number))]
    [InlineData("tags", nameof(FieldKind.List))]
    [InlineData("lines", nameof(FieldKind.List))]
    [InlineData("address", nameof(FieldKind.Group))]
    [InlineData("pay", nameof(FieldKind.OneOf))]
    [InlineData("free", nameof(FieldKind.Json))]
    public void Fields_EveryTypeOfTheSchema_HasItsControlAndALabel(string path, string kind)
    {
        var field = Field(Form(), path);

        Assert.Equal(kind, field.Kind.ToString());
        Assert.NotEmpty(field.Label);
    }

    [Theory]
    [InlineData("""{"customer":"A","count":3,"mode":"fast"}""")]
    [InlineData("""{"customer":"A","due":null,"count":3,"mode":"fast","dry":false}""")]
    [InlineData("""{"customer":"","count":4,"mode":"careful","rate":1.50,"tags":["a","b"],"address":{"street":"x"}}""")]
    [InlineData("""{"customer":"A","count":"4","mode":"careful","lines":[{"nr":1},{"nr":2,"text":"t","more":true}]}""")]
    [InlineData("""{"customer":"A","count":3,"mode":"fast","unknown":{"kept":[1,2]},"free":[1,{"a":null}]}""")]
    [InlineData("""{"customer":17,"count":3,"mode":"fast","address":[],"lines":null,"tags":[]}""")]
    [InlineData("""{"customer":"A","count":3,"mode":"fast","pay":{"card":"4711"}}""")]
    [InlineData("""{"customer":"A","count":3,"mode":"fast","pay":12.5,"free":"text"}""")]
    public void EditJson_AnyValue_ComesBackEqualFromTheFields(string json)
    {
        var form = Form();
        form.ShowJson();

        form.EditJson(json);

        Assert.True(form.ShowFields());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), form.Value), form.Value.ToJsonString());
        form.ShowJson();
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), JsonNode.Parse(form.Json)));
    }

    [Fact]
    public void Fields_WhatIsTyped_IsInTheJson()
    {
        var form = Form();
        Field(form, "customer").Text = "ACME";
        Field(form, "mode").Text = "fast";
        Field(form, "dry").IsOn = true;
        Field(form, "lines").Add();
        Field(form, "lines[0].nr").Text = "7";
        Field(form, "pay").Choose(1);
        Field(form, "pay").Inner!.Text = "9";

        form.ShowJson();

        var expected = """{"customer":"ACME","mode":"fast","dry":true,"count":3,"lines":[{"nr":7}],"pay":9}""";
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(form.Json)), form.Json);
    }

    [Fact]
    public void EditJson_Broken_KeepsTheTextAndSaysWhere()
    {
        var form = Form();
        form.ShowJson();

        form.EditJson("{\n  \"customer\": }");

        Assert.StartsWith("Line 2", form.JsonProblem, StringComparison.Ordinal);
        Assert.False(form.ShowFields());
        Assert.False(form.Check());
        Assert.Equal("{\n  \"customer\": }", form.Json);
    }

    [Theory]
    [InlineData("""{"count":3,"mode":"fast"}""", "customer", "missing")]
    [InlineData("""{"customer":"A","count":0,"mode":"fast"}""", "count", "at least 1")]
    [InlineData("""{"customer":"A","count":11,"mode":"fast"}""", "count", "at most 10")]
    [InlineData("""{"customer":"A","count":2.5,"mode":"fast"}""", "count", "whole number")]
    [InlineData("""{"customer":"A","count":3,"mode":"slow"}""", "mode", "one of: fast, careful")]
    [InlineData("""{"customer":"A","count":3,"mode":"fast","mail":"x"}""", "mail", "no e-mail address")]
    [InlineData("""{"customer":"A","count":3,"mode":"fast","due":"31.12."}""", "due", "no date")]
    [InlineData("""{"customer":"A","count":3,"mode":"fast","site":"acme"}""", "site", "https://")]
    [InlineData("""{"customer":"A","count":3,"mode":"fast","lines":[{"text":"t"}]}""", "lines[0].nr", "missing")]
    [InlineData("""{"customer":"A","count":3,"mode":"fast","dry":"yes"}""", "dry", "true or false")]
    [InlineData("""{"customer":"A much longer name than this","count":3,"mode":"fast"}""", "customer", "at most 20")]
    public void Check_WrongValue_NamesTheFieldAndTheRemedy(string json, string path, string words)
    {
        var form = Form();
        form.EditJson(json);

        Assert.False(form.Check());

        var error = Assert.Single(form.Errors);
        Assert.Equal(path, error.Path);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Equal(error.Message, form.ErrorOf(Field(form, path)));
    }

    [Fact]
    public void Remove_RowInTheMiddle_RenumbersTheRest()
    {
        var form = Form();
        form.EditJson("""{"customer":"A","count":3,"mode":"fast","lines":[{"nr":1},{"nr":2},{"nr":3}]}""");
        var lines = Field(form, "lines");

        lines.Remove(lines.Items[1]);

        Assert.Equal("3", Field(form, "lines[1].nr").Text);
        Assert.DoesNotContain(form.Root.All(), f => f.Path.StartsWith("lines[2]", StringComparison.Ordinal));
    }

    [Fact]
    public void Refuse_ErrorsOfTheServer_FindTheirFields()
    {
        var form = Form();

        form.Refuse(new Dictionary<string, string[]> { ["input.count"] = ["Too many."], ["input"] = ["Not so."] });

        Assert.Equal("Count: Too many.", form.ErrorOf(Field(form, "count")));
        Assert.Equal("Not so.", form.ErrorOf(form.Root));
    }

    [Fact]
    public void Check_EmptyLineOfAList_IsToldByItsListAndNumber()
    {
        var form = Form();
        form.EditJson("""{"customer":"A","count":3,"mode":"fast","tags":["a","b"]}""");
        var tags = Field(form, "tags");
        tags.Add();

        Assert.False(form.Check());
        Assert.Equal("Line 3 of Tags is empty. Fill it in, or remove it.", Assert.Single(form.Errors).Message);

        tags.Remove(tags.Items[0]);
        Assert.False(form.Check());
        Assert.Equal("Line 2 of Tags is empty. Fill it in, or remove it.", Assert.Single(form.Errors).Message);
        Assert.Equal(["1", "2"], tags.Items.Select(i => i.Label));
        form.Refuse(new Dictionary<string, string[]> { ["input.tags[0]"] = ["Not so."] });
        Assert.Equal("Line 1 of Tags: Not so.", Assert.Single(form.Errors).Message);
    }

    [Theory]
    [InlineData("""{"enum":["notNow"]}""", "notNow", "Not now")]
    [InlineData("""{"enum":["gpt-4_mini"]}""", "gpt-4_mini", "gpt-4_mini")]
    [InlineData("""{"enum":["default"],"x-names":true}""", "default", "default")]
    public void Shown_OptionThatIsAName_StaysAsItIs(string schema, string option, string shown) =>
        Assert.Equal(shown, FieldSchema.Read(JsonNode.Parse(schema)!).Shown(option));

    [Fact]
    public void Read_OneOfWithNull_IsTheOtherTypeMadeOptional()
    {
        var form = new SchemaForm(
            JsonNode.Parse(
                """{"type":"object","properties":{"a":{"description":"help","oneOf":[{"$ref":"#/$defs/word"},{"type":"null"}]}},"$defs":{"word":{"enum":["x","y"]}}}"""
            )!
        );

        var field = Field(form, "a");

        Assert.Equal(FieldKind.Radio, field.Kind);
        Assert.True(field.Schema.Nullable);
        Assert.Equal("help", field.Schema.Help);
    }

    [Fact]
    public void Read_SchemaThatRefersToItself_EndsInAJsonBox()
    {
        var form = new SchemaForm(JsonNode.Parse("""{"type":"object","properties":{"child":{"$ref":"#"}}}""")!);

        Assert.Contains(form.Root.All(), f => f.Kind == FieldKind.Json);
    }
}
