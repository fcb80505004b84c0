"""One JSON value of an array, object or map column, by the rules of cells.py."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Union

from ..signature.types import AnyType, ArrayType, ColumnType, DataType, MapType, ObjectType
from .errors import ValueMismatchError, show

#: Converts a list of scalars, as long as the list; cells.py has the one that is used.
ConvertScalars = Callable[[List[Any], DataType], Any]

#: Python's own numbers are these; others would be taken for them by MLflow's enforcement, so they stay arrays.
_PLAIN = frozenset((DataType.BOOLEAN, DataType.LONG, DataType.DOUBLE))


class NestedConverter:
    """Converts values of nested types; scalars inside them are left to `convert_scalars`."""

    def __init__(self, convert_scalars: ConvertScalars) -> None:
        self._convert_scalars = convert_scalars

    def convert(self, value: Any, column_type: ColumnType, *, required: bool) -> Any:
        """The value as the type. Raises ValueMismatchError, whose index means nothing here."""
        if isinstance(column_type, AnyType) or (value is None and not required):
            return value
        if isinstance(column_type, DataType):
            return self._convert_scalars([value], column_type)[0]
        if isinstance(column_type, ArrayType):
            return self._array(value, column_type, required=required)
        if isinstance(column_type, MapType):
            return self._map(value, column_type, required=required)
        return self._object(value, column_type)

    def _array(self, value: Any, array: ArrayType, *, required: bool) -> Any:
        if not isinstance(value, list):
            raise ValueMismatchError(0, f"{show(value)} is not a list")
        if not isinstance(array.items, DataType) or not value:
            return [self._inside(index, item, array.items, required=required) for index, item in enumerate(value)]
        try:
            items = self._convert_scalars(value, array.items)
        except ValueMismatchError as error:
            raise _at(error.index, error) from error
        return items.tolist() if array.items in _PLAIN else items

    def _map(self, value: Any, mapping: MapType, *, required: bool) -> Dict[str, Any]:
        if not isinstance(value, dict):
            raise ValueMismatchError(0, f"{show(value)} is not an object")
        return {key: self._inside(key, item, mapping.values, required=required) for key, item in value.items()}

    def _object(self, value: Any, shape: ObjectType) -> Dict[str, Any]:
        if not isinstance(value, dict):
            raise ValueMismatchError(0, f"{show(value)} is not an object")
        properties = {member.name: member for member in shape.properties}
        for name, member in properties.items():
            if member.required and name not in value:
                raise ValueMismatchError(0, f"'{name}' is missing")
        for name in value:
            if name not in properties:
                raise ValueMismatchError(0, f"'{name}' is not known")
        return {
            name: self._inside(name, item, properties[name].type, required=properties[name].required)
            for name, item in value.items()
        }

    def _inside(self, place: Union[int, str], value: Any, column_type: ColumnType, *, required: bool) -> Any:
        try:
            return self.convert(value, column_type, required=required)
        except ValueMismatchError as error:
            raise _at(place, error) from error


def _at(place: Union[int, str], error: ValueMismatchError) -> ValueMismatchError:
    where = f"item {place + 1}" if isinstance(place, int) else f"'{place}'"
    return ValueMismatchError(0, f"{where}: {error.reason}")
